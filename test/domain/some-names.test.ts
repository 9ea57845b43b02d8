import { describe, expect, it } from "vitest";
import { someNames } from "../../lib/domain/some-names.ts";

describe("someNames", () => {
	it.each([
		[[], ""],
		[["a"], "a"],
		[["a", "b", "c", "d", "e"], "a, b, c, d, e"],
		[["a", "b", "c", "d", "e", "f"], "a, b, c, d, e and 1 more"],
	])("given %j, says %j", (names, said) => {
		expect(someNames(names)).toBe(said);
	});
});
