import { describe, expect, it } from "vitest";
import { pathText, problemAt } from "../../../lib/domain/configuration/configuration-problem.ts";

describe("pathText", () => {
	it.each([
		[[], "the file"],
		[["services", "checkout", "steps", 1, "weightPercent"], "services.checkout.steps[1].weightPercent"],
		[[0, "name"], "[0].name"],
	])("given %j, writes %s", (path, text) => {
		expect(pathText(path)).toBe(text);
	});
});

describe("problemAt", () => {
	it.each([
		["a key that text has of itself", "text", ["length"]],
		["a key below nothing", { cluster: null }, ["cluster", "name"]],
		["a key below an absent one", {}, ["cluster", "name"]],
		["a key that every object inherits", {}, ["constructor"]],
	])("given %s, finds nothing there", (_, value, path) => {
		expect(problemAt(value, path, "a name").found).toBe("nothing");
	});

	it("given a value of 80 characters, shows it whole, and of one more shortens it to 80", () => {
		const found = [78, 79].map((length) => problemAt("x".repeat(length), [], "less").found);

		expect(found).toEqual([`"${"x".repeat(78)}"`, `"${"x".repeat(78)}…`]);
	});
});
