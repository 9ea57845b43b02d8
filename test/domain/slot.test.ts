import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { otherSlot, slotNames, weightsFor } from "../../lib/domain/slot.ts";

describe("otherSlot", () => {
	it.each(slotNames)("given %s, answers the one that it is not, and back again", (slot) => {
		expect(otherSlot(slot)).not.toBe(slot);
		expect(otherSlot(otherSlot(slot))).toBe(slot);
	});

	it("given the two slots, names them", () => {
		expect(slotNames).toStrictEqual(["blue", "green"]);
	});
});

describe("weightsFor", () => {
	it.each([
		["blue", { blue: 75, green: 25 }],
		["green", { blue: 25, green: 75 }],
	] as const)("given %s as stable, gives the canary its share in the other slot", (stableSlot, weights) => {
		expect(weightsFor(stableSlot, 25)).toStrictEqual(weights);
	});

	it("given any weight, adds up to 100 and leaves no slot below zero", () => {
		fc.assert(
			fc.property(fc.constantFrom(...slotNames), fc.integer({ min: 0, max: 100 }), (stableSlot, canaryPercent) => {
				const weights = weightsFor(stableSlot, canaryPercent);

				expect(weights.blue + weights.green).toBe(100);
				expect(weights[otherSlot(stableSlot)]).toBe(canaryPercent);
				expect(Math.min(weights.blue, weights.green)).toBeGreaterThanOrEqual(0);
			}),
			{ seed: 5 },
		);
	});
});
