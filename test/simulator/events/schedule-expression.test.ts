import { describe, expect, it } from "vitest";
import { InvalidScheduleError, parseSchedule } from "../../../simulator/events/schedule-expression.ts";

describe("parseSchedule", () => {
	it.each([
		["rate(1 minute)", 60],
		["rate(5 minutes)", 300],
		["rate(1 hour)", 3_600],
		["rate(12 hours)", 43_200],
	])("given %s, fires every %i seconds", (expression, seconds) => {
		expect(parseSchedule(expression)).toBe(seconds);
	});

	it.each([
		"cron(0 12 * * ? *)",
		"rate(1 day)",
		"rate(1 minutes)",
		"rate(2 minute)",
		"rate(0 minutes)",
		"rate(1.5 hours)",
		"rate(5 minutes) ",
		"",
	])("given %j, refuses it by name", (expression) => {
		expect(() => parseSchedule(expression)).toThrow(InvalidScheduleError);
		expect(() => parseSchedule(expression)).toThrow(`"${expression}"`);
	});
});
