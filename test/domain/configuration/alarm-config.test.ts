import { describe, expect, it } from "vitest";
import { alarmFile, environmentFile, serviceFile } from "./environment-file.ts";
import { problemsOf } from "./problems-of.ts";

type Section = Readonly<Record<string, unknown>>;

const inService = (settings: Section) => problemsOf(environmentFile({ services: { checkout: serviceFile(settings) } }));

describe("alarms", () => {
	const metric = (settings: Section) => ({ ...(alarmFile().metric as Section), ...settings });

	it.each<[string, unknown, string]>([
		["kind", "checkout-alarm", 'alarms[0]: found "checkout-alarm"; allowed is either {existing: NAME} or an alarm'],
		["existing name", { existing: "" }, 'alarms[0].existing: found ""; allowed is an alarm name of 1 to 255'],
		[
			"key beside an existing one",
			{ existing: "checkout-alarm", threshold: 3 },
			"alarms[0].threshold: found 3; allowed is nothing but existing",
		],
		["name", alarmFile({ name: "größer" }), 'alarms[0].name: found "größer"; allowed is an alarm name'],
		["threshold", alarmFile({ threshold: "20" }), 'alarms[0].threshold: found "20"; allowed is a number'],
		[
			"statistic",
			alarmFile({ metric: metric({ statistic: "p99" }) }),
			'alarms[0].metric.statistic: found "p99"; allowed is one of Sum, Average, Minimum, Maximum, SampleCount',
		],
		[
			"period",
			alarmFile({ metric: metric({ periodSeconds: 90 }) }),
			"alarms[0].metric.periodSeconds: found 90; allowed is 10, 20, 30 or a multiple of 60 up to 3600",
		],
		[
			"period of AWS's own metrics",
			alarmFile({ metric: metric({ namespace: "AWS/SQS" }) }),
			"alarms[0].metric.periodSeconds: found 10; allowed is a multiple of 60 for the namespace AWS/SQS",
		],
		[
			"number of dimensions",
			alarmFile({
				metric: metric({ dimensions: Object.fromEntries(Array.from({ length: 31 }, (_, i) => [`d${i}`, "x"])) }),
			}),
			"allowed is a mapping of at most 30 dimension names to values",
		],
		[
			"M of N",
			alarmFile({ datapointsToAlarm: 4 }),
			"alarms[0].datapointsToAlarm: found 4; allowed is at most evaluationPeriods (3)",
		],
		[
			"length of all periods",
			alarmFile({ metric: metric({ periodSeconds: 3_600 }), evaluationPeriods: 25 }),
			"alarms[0].evaluationPeriods: found 25; allowed is at most 24: with periodSeconds 3600 that is one day",
		],
	])("given a wrong %s, says path, value and what is allowed", (_, alarm, expected) => {
		const problems = inService({ alarms: [alarm] });

		expect(problems).toHaveLength(1);
		expect(problems[0]).toContain(expected);
	});

	it("given periods that make exactly one day, accepts them", () => {
		const alarm = alarmFile({ metric: metric({ periodSeconds: 3_600 }), evaluationPeriods: 24 });

		const problems = inService({ alarms: [alarm] });

		expect(problems).toEqual([]);
	});

	it("given 101 alarms, refuses them, since their states are read with one call", () => {
		const alarms = Array.from({ length: 101 }, (_, position) => ({ existing: `alarm-${position}` }));

		const problems = inService({ alarms });

		expect(problems).toHaveLength(1);
		expect(problems[0]).toContain("allowed is a list of at most 100 alarms");
	});
});
