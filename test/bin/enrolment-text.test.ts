import { describe, expect, it } from "vitest";
import { hasSucceeded, linesOfEnding } from "../../bin/enrolment-text.ts";

const ended = (report: object) => ({ report }) as Parameters<typeof linesOfEnding>[0];
const stuck = { kind: "stuck", sentence: "Wait until your own pods can serve everything: 0 of 4 pods are ready." };

describe("what people are told of an enrolment that is stuck", () => {
	it("given that everything was seen to be served, says so", () => {
		expect(linesOfEnding(ended({ ...stuck, isServed: true }))).toEqual([
			"Stuck, with everything served; the same command again goes on:",
			`  ${stuck.sentence}`,
		]);
	});

	it.each([
		["was seen to be otherwise", { ...stuck, isServed: false }],
		["was not looked at, by an older function", stuck],
	])("given that it %s, says to look at once", (_, report) => {
		expect(linesOfEnding(ended(report))[0]).toMatch(/^Stuck, and it was not seen that everybody is served: look/);
		expect(hasSucceeded(ended(report))).toBe(false);
	});

	it.each(["done", "planned"])("given %s, counts as success", (kind) => {
		expect(hasSucceeded(ended({ kind }))).toBe(true);
		expect(hasSucceeded(null)).toBe(false);
	});
});
