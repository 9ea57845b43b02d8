import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../lib/adapters/canonical-json.ts";
import { definitionHash } from "../../lib/adapters/definition-hash.ts";

/** The same value with the keys of every object in the opposite order. */
const reversed = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(reversed);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.reverse()
			.map(([key, inner]) => [key, reversed(inner)]),
	);
};

describe("definitionHash", () => {
	it("given keys in any order, answers one hash for one content", () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
				expect(definitionHash(reversed(value) as object)).toBe(definitionHash(value));
			}),
		);
	});

	it("given lists, keeps their order", () => {
		expect(definitionHash({ steps: [5, 100] })).not.toBe(definitionHash({ steps: [100, 5] }));
	});

	it("given a value, hashes the text that it is stored as", () => {
		const text = canonicalJson({ b: [{ d: 1, c: null }], a: "ä" });

		expect(text).toBe('{"a":"ä","b":[{"c":null,"d":1}]}');
		expect(definitionHash({ a: "ä", b: [{ c: null, d: 1 }] })).toBe(createHash("sha256").update(text).digest("hex"));
	});
});
