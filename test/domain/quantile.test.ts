import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantile } from "../../lib/domain/quantile.ts";

describe("quantile", () => {
	it.each([
		[[], 0.5, null],
		[[7], 0.5, 7],
		[[3, 1, 2], 0.5, 2],
		[[4, 3, 2, 1], 0.5, 2],
		[[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9, 9],
		[[1, 2], 1, 2],
	])("given %j, the quantile %d is %j", (values, share, expected) => {
		expect(quantile(values, share)).toBe(expected);
	});

	it("given any values, answers one of them that the share of them does not exceed, and leaves them as they were", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer(), { minLength: 1 }),
				fc.double({ min: 0.01, max: 1, noNaN: true }),
				(values, share) => {
					const before = [...values];
					const found = quantile(values, share);
					const notAbove = values.filter((value) => found !== null && value <= found).length;
					return (
						found !== null &&
						values.includes(found) &&
						notAbove >= share * values.length &&
						values.every((value, index) => value === before[index])
					);
				},
			),
		);
	});
});
