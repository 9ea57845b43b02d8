import { describe, expect, it } from "vitest";
import { InvalidAlarmRuleError, parseCompositeRule } from "../../../simulator/alarms/composite-rule.ts";
import type { AlarmState } from "../../../simulator/alarms/missing-data.ts";

const states: Readonly<Record<string, AlarmState>> = { red: "ALARM", green: "OK", grey: "INSUFFICIENT_DATA" };

const holds = (rule: string): boolean => parseCompositeRule(rule).holds((name) => states[name] ?? "OK");

describe("parseCompositeRule", () => {
	it.each([
		['ALARM("red")', true],
		["ALARM(red)", true],
		['ALARM("green")', false],
		['OK("green")', true],
		['INSUFFICIENT_DATA("grey")', true],
		['NOT ALARM("red")', false],
		['NOT NOT ALARM("red")', true],
		['ALARM("red") AND ALARM("green")', false],
		['ALARM("red") OR ALARM("green")', true],
		['ALARM("red") OR ALARM("green") AND FALSE', true],
		['(ALARM("red") OR ALARM("green")) AND FALSE', false],
		['NOT ALARM("green") AND TRUE', true],
		['ALARM("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:red")', true],
	])("given red, green and grey alarms, %s is %s", (rule, expected) => {
		expect(holds(rule)).toBe(expected);
	});

	it("given a rule, names each alarm it looks at once", () => {
		const { alarmNames } = parseCompositeRule('ALARM("a b") AND (OK(c) OR ALARM("a b"))');

		expect(alarmNames).toEqual(["a b", "c"]);
	});

	it.each([
		['AT_LEAST(2, ALARM, ("a", "b"))', "AT_LEAST"],
		['BROKEN("a")', '"BROKEN(…)"'],
		['ALARM("a") XOR ALARM("b")', '"XOR"'],
		['(ALARM("a")', 'a ")" is missing'],
		['ALARM("a") ALARM("b")', '"b" is not expected'],
		["", "is not expected"],
	])("given %s, refuses it by name", (rule, message) => {
		expect(() => parseCompositeRule(rule)).toThrow(InvalidAlarmRuleError);
		expect(() => parseCompositeRule(rule)).toThrow(message);
	});
});
