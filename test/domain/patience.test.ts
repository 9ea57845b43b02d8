import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextWaitSeconds } from "../../lib/domain/patience.ts";

describe("nextWaitSeconds", () => {
	it.each([
		[0, 5],
		[50, 5],
		[51, 6],
		[300, 30],
		[600, 60],
		[86_400, 60],
	])("given %i s of waiting, waits %i s more", (waitedSeconds, expected) => {
		expect(nextWaitSeconds(waitedSeconds)).toBe(expected);
	});

	it("given the longest deadline there may be, looks far fewer times than an execution has events for", () => {
		let looks = 0;

		for (let waited = 0; waited < 86_400; waited += nextWaitSeconds(waited)) looks++;

		expect(looks).toBeLessThan(1_500);
	});

	it("given any wait, never waits less after a longer one", () => {
		fc.assert(
			fc.property(fc.nat(100_000), fc.nat(100_000), (a, b) => {
				expect(nextWaitSeconds(Math.max(a, b))).toBeGreaterThanOrEqual(nextWaitSeconds(Math.min(a, b)));
			}),
			{ seed: 11 },
		);
	});
});
