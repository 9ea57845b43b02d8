import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type AlarmState,
	judgeFindings,
	type MissingDataTreatment,
	type PeriodFinding,
} from "../../../simulator/alarms/missing-data.ts";

const treatments: readonly MissingDataTreatment[] = ["missing", "ignore", "breaching", "notBreaching"];
const states: readonly AlarmState[] = ["OK", "ALARM", "INSUFFICIENT_DATA"];
const findingOf: Readonly<Record<string, PeriodFinding>> = { "0": "within", X: "breaching", "-": "missing" };

/** The periods of AWS's tables: 0 is within the threshold, X breaches it, - is missing; the newest is on the right. */
const findings = (drawn: string): readonly PeriodFinding[] =>
	drawn.split(" ").map((sign) => findingOf[sign] ?? "missing");

const retained = "retained";

type Row = readonly [drawn: string, missing: string, ignore: string, breaching: string, notBreaching: string];

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
const threeOfThree: readonly Row[] = [
	["0 - X - X", "OK", "OK", "OK", "OK"],
	["0 - - - -", "OK", "OK", "OK", "OK"],
	["- - - - -", "INSUFFICIENT_DATA", retained, "ALARM", "OK"],
	["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
	["- - X - -", "ALARM", retained, "ALARM", "OK"],
	// The next two rows are of older editions of the page.
	["- - - - X", "INSUFFICIENT_DATA", retained, "ALARM", "OK"],
	["X - - - -", "ALARM", retained, "ALARM", "OK"],
];

const twoOfThree: readonly Row[] = [
	["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
	["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
	["0 - X - -", "OK", "OK", "ALARM", "OK"],
	["- - - - 0", "OK", "OK", "ALARM", "OK"],
	["- - - X -", "ALARM", retained, "ALARM", "OK"],
	// Of older editions of the page.
	["- - - - X", "INSUFFICIENT_DATA", retained, "ALARM", "OK"],
];

const cases = [
	...threeOfThree.map((row) => ({ row, datapointsToAlarm: 3 })),
	...twoOfThree.map((row) => ({ row, datapointsToAlarm: 2 })),
].flatMap(({ row: [drawn, ...expected], datapointsToAlarm }) =>
	treatments.map((treatment, index) => ({ drawn, datapointsToAlarm, treatment, expected: expected[index] ?? "" })),
);

describe("judgeFindings", () => {
	it.each(cases)(
		"given $drawn and $datapointsToAlarm of 3 with missing data $treatment, answers $expected as AWS's table does",
		({ drawn, datapointsToAlarm, treatment, expected }) => {
			const rule = { evaluationPeriods: 3, datapointsToAlarm, treatMissingData: treatment };

			const answers = states.map((current) => judgeFindings(findings(drawn), rule, current));

			expect(answers).toEqual(expected === retained ? states : states.map(() => expected));
		},
	);

	const ruled = fc.record({
		drawn: fc.array(fc.constantFrom<PeriodFinding>("within", "breaching", "missing"), { minLength: 7, maxLength: 7 }),
		evaluationPeriods: fc.integer({ min: 1, max: 5 }),
		needed: fc.integer({ min: 1, max: 5 }),
		treatMissingData: fc.constantFrom(...treatments),
		current: fc.constantFrom(...states),
	});

	it("given enough real data, how missing data are treated and the present state make no difference", () => {
		fc.assert(
			fc.property(ruled, ({ drawn, evaluationPeriods, needed }) => {
				fc.pre(drawn.filter((finding) => finding !== "missing").length >= evaluationPeriods);
				const datapointsToAlarm = Math.min(needed, evaluationPeriods);

				const answers = treatments.flatMap((treatMissingData) =>
					states.map((current) =>
						judgeFindings(drawn, { evaluationPeriods, datapointsToAlarm, treatMissingData }, current),
					),
				);

				expect(new Set(answers).size).toBe(1);
				expect(answers[0]).not.toBe("INSUFFICIENT_DATA");
			}),
		);
	});

	it("given one period more that breaches instead of lying within, never turns from red to green", () => {
		fc.assert(
			fc.property(ruled, fc.nat(6), ({ drawn, evaluationPeriods, needed, treatMissingData, current }, at) => {
				fc.pre(drawn[at] === "within");
				const rule = { evaluationPeriods, datapointsToAlarm: Math.min(needed, evaluationPeriods), treatMissingData };
				const worse = drawn.with(at, "breaching");

				const before = judgeFindings(drawn, rule, current);

				expect(before === "ALARM" && judgeFindings(worse, rule, current) === "OK").toBe(false);
			}),
		);
	});

	it("given missing data that do not breach, is red exactly where enough real points breach", () => {
		fc.assert(
			fc.property(ruled, ({ drawn, evaluationPeriods, needed, current }) => {
				const datapointsToAlarm = Math.min(needed, evaluationPeriods);
				const rule = { evaluationPeriods, datapointsToAlarm, treatMissingData: "notBreaching" as const };
				const newest = drawn.filter((finding) => finding !== "missing").slice(-evaluationPeriods);
				const breaching = newest.filter((finding) => finding === "breaching").length;

				expect(judgeFindings(drawn, rule, current)).toBe(breaching >= datapointsToAlarm ? "ALARM" : "OK");
			}),
		);
	});
});
