import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationText } from "../../lib/domain/duration-text.ts";

describe("durationText", () => {
	it.each([
		[0, "0 s"],
		[-5, "0 s"],
		[0.4, "0 s"],
		[59.6, "1 min"],
		[45, "45 s"],
		[60, "1 min"],
		[725, "12 min 5 s"],
		[3_600, "1 h"],
		[3_605, "1 h"],
		[12_000, "3 h 20 min"],
		[86_400, "1 d"],
		[187_200, "2 d 4 h"],
		[8_640_000, "100 d"],
	])("given %d seconds, says %s", (seconds, text) => {
		expect(durationText(seconds)).toBe(text);
	});

	it("given any length, says at most what it is and leaves out less than a sixtieth", () => {
		const sizes: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, min: 60, s: 1 };
		fc.assert(
			fc.property(fc.nat(100_000_000), (seconds) => {
				const said = [...durationText(seconds).matchAll(/(\d+) (\w+)/g)].reduce(
					(sum, [, count, unit = ""]) => sum + Number(count) * (sizes[unit] ?? Number.NaN),
					0,
				);
				return said <= seconds && seconds - said <= seconds / 24;
			}),
		);
	});
});
