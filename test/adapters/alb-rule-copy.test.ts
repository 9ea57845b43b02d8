import { describe, expect, it } from "vitest";
import { copyOfRule } from "../../lib/adapters/alb-rule-copy.ts";

describe("copyOfRule", () => {
	it("given a condition in both forms, keeps the one that can hold several values", () => {
		const rule = {
			Conditions: [{ Field: "path-pattern", Values: ["/a", "/b"], PathPatternConfig: { Values: ["/a", "/b"] } }],
		};

		const copy = copyOfRule(rule);

		expect(copy.Conditions).toEqual([{ Field: "path-pattern", PathPatternConfig: { Values: ["/a", "/b"] } }]);
	});

	it("given a condition in the legacy form only, keeps that", () => {
		const rule = { Conditions: [{ Field: "host-header", Values: ["shop.example"], RegexValues: [] }] };

		const copy = copyOfRule(rule);

		expect(copy.Conditions).toEqual([{ Field: "host-header", Values: ["shop.example"] }]);
	});

	it("given a regular expression in both forms, keeps the modern one without its empty twin", () => {
		const config = { Values: [], RegexValues: ["^/v[0-9]+/"] };
		const rule = {
			Conditions: [{ Field: "path-pattern", RegexValues: config.RegexValues, PathPatternConfig: config }],
		};

		const copy = copyOfRule(rule);

		expect(copy.Conditions).toEqual([{ Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/v[0-9]+/"] } }]);
	});

	it("given no transforms, names none", () => {
		expect(copyOfRule({ Conditions: [], Transforms: [] })).toEqual({ Conditions: [] });
	});
});
