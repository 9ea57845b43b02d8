import { describe, expect, it } from "vitest";
import { createAlarms } from "../../../simulator/alarms/alarm-clock.ts";
import { InvalidAlarmError } from "../../../simulator/alarms/alarm-properties.ts";
import { InvalidAlarmNameError } from "../../../simulator/alarms/alarm-register.ts";
import { InvalidExpressionError } from "../../../simulator/alarms/metric-math.ts";
import { createMetricStore } from "../../../simulator/alarms/metric-store.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";

const arnOf = (name: string): string => `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${name}`;

const metric = (id: string) => ({
	Id: id,
	ReturnData: false,
	MetricStat: { Metric: { Namespace: "Shop", MetricName: id }, Period: 10, Stat: "Sum" },
});

const rule = { ComparisonOperator: "GreaterThanThreshold", Threshold: 5, EvaluationPeriods: 1 };

const errorsAlarm = {
	...rule,
	AlarmName: "errors",
	Namespace: "Shop",
	MetricName: "errors",
	Statistic: "Sum",
	Period: 60,
};

const ratioAlarm = {
	...rule,
	AlarmName: "ratio",
	Metrics: [{ Id: "ratio", Expression: "errors / requests" }, metric("errors"), metric("requests")],
};

const world = () => {
	const said: string[] = [];
	const actions: string[] = [];
	const alarms = createAlarms({
		timers: new VirtualClock(Date.UTC(2026, 0, 31, 12)),
		metrics: createMetricStore(),
		random: randomOf(1),
		onStateChange: ({ detail }) => {
			const { alarmName, state } = detail as { readonly alarmName: string; readonly state: { readonly value: string } };
			said.push(`${alarmName} ${state.value}`);
		},
		onAction: (actionArn) => actions.push(actionArn),
	});
	return { alarms, said, actions };
};

describe("createAlarms, as a register", () => {
	it("given actions, runs those of the state that is entered, unless they are disabled", () => {
		const { alarms, actions } = world();
		alarms.add({ ...errorsAlarm, AlarmActions: ["arn:page"], OKActions: ["arn:calm"] }, arnOf("errors"));
		alarms.add({ ...errorsAlarm, AlarmName: "mute", ActionsEnabled: false, AlarmActions: ["arn:mute"] }, arnOf("mute"));

		for (const name of ["errors", "mute"]) for (const state of ["ALARM", "OK"] as const) alarms.force(name, state);

		expect(actions).toEqual(["arn:page", "arn:calm"]);
	});

	it("given composite alarms, they follow their children at once, through each other", () => {
		const { alarms, said } = world();
		alarms.add(errorsAlarm, arnOf("errors"));
		alarms.add(ratioAlarm, arnOf("ratio"));
		const both = 'ALARM("errors") AND ALARM("ratio")';
		alarms.addComposite({ AlarmName: "both", AlarmRule: both }, arnOf("both"));
		alarms.addComposite({ AlarmName: "page", AlarmRule: `ALARM("${arnOf("both")}")` }, arnOf("page"));

		alarms.force("errors", "ALARM");
		alarms.force("ratio", "ALARM");
		alarms.force("errors", "OK");

		expect(said).toEqual([
			"both OK",
			"page OK",
			"errors ALARM",
			"ratio ALARM",
			"both ALARM",
			"page ALARM",
			"errors OK",
			"both OK",
			"page OK",
		]);
	});

	it("given what it cannot evaluate, refuses the alarm by name when it is added", () => {
		const { alarms } = world();
		const circular = { ...ratioAlarm, Metrics: [{ Id: "a", Expression: "a + m" }, metric("m")] };
		const summed = { ...ratioAlarm, Metrics: [{ Id: "a", Expression: "SUM(METRICS())" }, metric("m")] };

		expect(() => alarms.add({ ...errorsAlarm, ExtendedStatistic: "p99" }, arnOf("x"))).toThrow(InvalidAlarmError);
		expect(() => alarms.add(circular, arnOf("x"))).toThrow("no expression depends on itself");
		expect(() => alarms.add(summed, arnOf("x"))).toThrow(InvalidExpressionError);
		expect(() => alarms.addComposite({ AlarmName: "c", AlarmRule: 'ALARM("nobody")' }, arnOf("c"))).toThrow(
			InvalidAlarmNameError,
		);
		expect(() => alarms.addComposite({ AlarmName: "c", ActionsSuppressor: "x" }, arnOf("c"))).toThrow(
			"ActionsSuppressor",
		);
		expect(() => alarms.state("nobody")).toThrow('Alarm "nobody" does not exist');
	});
});
