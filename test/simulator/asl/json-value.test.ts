import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exceedsPayloadLimit, jsonCopyOf, maxPayloadBytes } from "../../../simulator/asl/json-value.ts";

describe("jsonCopyOf", () => {
	it("given anything, says what JSON text would", () => {
		fc.assert(
			fc.property(fc.anything({ withDate: true }), (value) => {
				const text = JSON.stringify(value);

				expect(jsonCopyOf(value)).toEqual(text === undefined ? undefined : JSON.parse(text));
			}),
		);
	});

	it("given undefined properties and functions, drops them", () => {
		const copy = jsonCopyOf({ a: undefined, b: () => 1, c: [undefined, 1], d: Number.NaN });

		expect(copy).toStrictEqual({ c: [null, 1], d: null });
	});

	it("given an object, shares nothing with it", () => {
		const value = { list: [{ n: 1 }] };

		const copy = jsonCopyOf(value);
		value.list.push({ n: 2 });

		expect(copy).toEqual({ list: [{ n: 1 }] });
	});
});

describe("exceedsPayloadLimit", () => {
	it.each([
		["exactly the limit", "x".repeat(maxPayloadBytes - 2), false],
		["one byte more", "x".repeat(maxPayloadBytes - 1), true],
		["as many characters, but of two bytes", "é".repeat(maxPayloadBytes / 2), true],
		["characters of two bytes up to the limit", "é".repeat(maxPayloadBytes / 2 - 1), false],
	])("given %s, counts bytes of UTF-8", (_, text, isTooLarge) => {
		expect(exceedsPayloadLimit(text)).toBe(isTooLarge);
	});
});
