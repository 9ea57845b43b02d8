import type { SharesSince } from "../world/service-traffic.ts";
import type { Observation } from "./checker.ts";
import { ObservedSlot } from "./observed-slot.ts";

/** One image wherever it runs: which share of the users it is given, whichever slot it is in. */
export class ObservedImage {
	readonly #digest: string;
	readonly #slots: readonly ObservedSlot[];

	constructor(observation: Observation, imageDigest: string) {
		this.#digest = imageDigest;
		const { blue, green } = ObservedSlot.pairOf(observation);
		this.#slots = [blue, green];
	}

	/** Share of the service's requests that the rules give it as they are configured, percent. */
	get configuredPercent(): number {
		let percent = 0;
		for (const slot of this.#slots) if (this.#runsIn(slot)) percent += slot.configuredPercent;
		return percent;
	}

	/** Share of the users' requests that it really had from an instant on, percent; by where it runs now. */
	followedPercent(shares: SharesSince): number {
		let percent = 0;
		for (const slot of this.#slots) if (this.#runsIn(slot)) percent += 100 * shares[slot.name];
		return percent;
	}

	#runsIn({ deployment }: ObservedSlot): boolean {
		return deployment?.imageDigest === this.#digest;
	}
}
