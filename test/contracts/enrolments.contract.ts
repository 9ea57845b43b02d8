import { describe, expect, it } from "vitest";
import { type EnrolmentRequest, type Enrolments, EnrolmentsUnavailableError } from "../../lib/ports/enrolments.ts";

/** A machine that takes services in, and what a test may do to it. */
export interface EnrolmentsSetup {
	readonly enrolments: Enrolments;
	/** What the machine was given, oldest first. */
	inputs(): readonly unknown[];
	/** Ends what runs: with a report, or failed where there is none. */
	end(report: object | null): Promise<void>;
	/** From now on the product answers nothing. */
	silence(): void;
}

const request: EnrolmentRequest = { service: "checkout", wish: "enrol", fromPriority: 100, dryRun: true, by: "AIDA" };

/** What every Enrolments promises. */
export const enrolmentsContract = (name: string, make: () => Promise<EnrolmentsSetup>): void => {
	describe(`${name} as Enrolments`, () => {
		it("given a request, begins with it, and has no ending while it goes on", async () => {
			const { enrolments, inputs } = await make();

			const begun = await enrolments.begin(request, "checkout-enrol-1");

			expect(inputs()).toEqual([request]);
			expect(await enrolments.ending(begun)).toBeNull();
		});

		it("given one that ended, says how, with its report", async () => {
			const { enrolments, end } = await make();
			const begun = await enrolments.begin(request, "checkout-enrol-1");

			await end({ v: 1, kind: "done" });

			expect(await enrolments.ending(begun)).toEqual({ isSucceeded: true, report: { v: 1, kind: "done" } });
		});

		it("given one that failed, says that there was no success", async () => {
			const { enrolments, end } = await make();
			const begun = await enrolments.begin(request, "checkout-enrol-1");

			await end(null);

			expect(await enrolments.ending(begun)).toMatchObject({ isSucceeded: false });
		});

		it("given no answer, says that it is unavailable", async () => {
			const { enrolments, silence } = await make();
			const begun = await enrolments.begin(request, "checkout-enrol-1");
			silence();

			await expect(enrolments.begin(request, "checkout-enrol-2")).rejects.toThrow(EnrolmentsUnavailableError);
			await expect(enrolments.ending(begun)).rejects.toThrow(EnrolmentsUnavailableError);
		});
	});
};
