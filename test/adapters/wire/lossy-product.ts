import type { WireAnswer, WireRequest } from "./wire.ts";

type Product = (request: WireRequest) => WireAnswer;

/** A product whose next read or next write can be made to go unanswered, whatever is asked in between. */
export interface LossyProduct {
	readonly answer: Product;
	failNextRead(): void;
	failNextWrite(moment: "before-effect" | "after-effect"): void;
}

/** What the SDK's HTTP handler throws when a request takes longer than `requestTimeout`. */
const requestTimeout = (): Error =>
	Object.assign(new Error("a request has exceeded the configured 1000 ms requestTimeout"), {
		name: "TimeoutError",
		code: "ETIMEDOUT",
	});

/** Puts the faults in front of a product. */
export const lossyProduct = (product: Product, isWrite: (request: WireRequest) => boolean): LossyProduct => {
	let failsRead = false;
	let failsWrite: "before-effect" | "after-effect" | null = null;
	return {
		answer: (request) => {
			if (isWrite(request) && failsWrite !== null) {
				const moment = failsWrite;
				failsWrite = null;
				if (moment === "after-effect") product(request);
				throw requestTimeout();
			}
			if (!isWrite(request) && failsRead) {
				failsRead = false;
				throw requestTimeout();
			}
			return product(request);
		},
		failNextRead: () => {
			failsRead = true;
		},
		failNextWrite: (moment) => {
			failsWrite = moment;
		},
	};
};
