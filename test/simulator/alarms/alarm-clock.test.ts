import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlarmsOptions, createAlarms } from "../../../simulator/alarms/alarm-clock.ts";
import { createMetricStore } from "../../../simulator/alarms/metric-store.ts";
import type { BusEvent } from "../../../simulator/events/bus-event.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import alarmFixture from "../../fixtures/events/aws.cloudwatch.alarm.json" with { type: "json" };

const startEpochMs = Date.UTC(2026, 0, 31, 12);
const dimensions = { LoadBalancer: "app/shop/1" };
const arnOf = (name: string): string => `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${name}`;

const errorsAlarm = {
	AlarmName: "errors",
	AlarmDescription: "Answers with a server error",
	Namespace: "AWS/ApplicationELB",
	MetricName: "errors",
	Dimensions: [{ Name: "LoadBalancer", Value: "app/shop/1" }],
	Statistic: "Sum",
	Period: 60,
	ComparisonOperator: "GreaterThanThreshold",
	Threshold: 5,
	EvaluationPeriods: 2,
	TreatMissingData: "notBreaching",
};

const metric = (id: string) => ({
	Id: id,
	ReturnData: false,
	MetricStat: {
		Metric: {
			Namespace: "AWS/ApplicationELB",
			MetricName: id,
			Dimensions: [{ Name: "LoadBalancer", Value: "app/shop/1" }],
		},
		Period: 10,
		Stat: "Sum",
	},
});

const ratioAlarm = {
	AlarmName: "ratio",
	Metrics: [
		{ Id: "percent", Expression: "100 * ratio" },
		{ Id: "ratio", Expression: "errors / requests", ReturnData: false },
		metric("errors"),
		metric("requests"),
	],
	ComparisonOperator: "GreaterThanThreshold",
	Threshold: 10,
	EvaluationPeriods: 1,
};

interface StateDetail {
	readonly alarmName: string;
	readonly state: {
		readonly value: string;
		readonly reason: string;
		readonly reasonData?: string;
		readonly timestamp: string;
	};
	readonly previousState: { readonly value: string };
}

const world = (options: Partial<AlarmsOptions> = {}, seed = 1) => {
	const clock = new VirtualClock(startEpochMs);
	const metrics = createMetricStore();
	const events: BusEvent[] = [];
	const alarms = createAlarms({
		timers: clock,
		metrics,
		random: randomOf(seed),
		onStateChange: (event) => events.push(event),
		...options,
	});
	/** Puts a value into each ten seconds from one second of the run to another. */
	const flow = (name: string, value: number, fromSecond: number, toSecond: number): void => {
		for (let second = fromSecond; second < toSecond; second += 10) {
			clock.after(second * 1_000 + 9_999 - (clock.nowEpochMs() - startEpochMs), () => {
				const atEpochMs = clock.nowEpochMs();
				metrics.put({ namespace: "AWS/ApplicationELB", name, dimensions }, point(atEpochMs, value));
			});
		}
	};
	const point = (atEpochMs: number, value: number) => ({ atEpochMs, sum: value, count: 1, min: value, max: value });
	const changes = (): readonly (readonly [string, string, number])[] =>
		events.map(({ detail, time }) => {
			const { alarmName, state } = detail as StateDetail;
			return [alarmName, state.value, (Date.parse(time) - startEpochMs) / 1_000];
		});
	return {
		clock,
		metrics,
		alarms,
		events,
		flow,
		changes,
		runTo: (s: number) => clock.run(startEpochMs + s * 1_000),
	};
};

describe("createAlarms", () => {
	it("given two bad minutes, turns red once both are complete, and green after one good minute", async () => {
		const { alarms, flow, changes, runTo } = world();
		alarms.add(errorsAlarm, arnOf("errors"));
		flow("errors", 0, 0, 600);
		flow("errors", 2, 600, 720);
		flow("errors", 0, 720, 900);

		await runTo(900);

		const [ok, red, green] = changes();
		expect(ok?.slice(0, 2)).toEqual(["errors", "OK"]);
		expect(red?.slice(0, 2)).toEqual(["errors", "ALARM"]);
		expect(red?.[2]).toBeGreaterThanOrEqual(720);
		expect(red?.[2]).toBeLessThan(780);
		expect(green?.slice(0, 2)).toEqual(["errors", "OK"]);
		expect(green?.[2]).toBe((red?.[2] ?? 0) + 60);
		expect(changes()).toHaveLength(3);
	});

	it("given a period of ten seconds, turns red within ten seconds of the first complete bad period", async () => {
		const { alarms, flow, changes, runTo } = world();
		alarms.add(ratioAlarm, arnOf("ratio"));
		flow("requests", 100, 0, 300);
		flow("errors", 1, 0, 120);
		flow("errors", 50, 120, 300);

		await runTo(300);

		const [, red] = changes();
		expect(red?.[1]).toBe("ALARM");
		expect(red?.[2]).toBeGreaterThanOrEqual(130);
		expect(red?.[2]).toBeLessThan(140);
		expect(alarms.red()).toEqual([{ name: "ratio", sinceEpochMs: expect.any(Number) }]);
		expect(alarms.red()[0]?.sinceEpochMs).toBeGreaterThanOrEqual(startEpochMs + 130_000);
	});

	it("given a ratio whose errors are missing because there are none, is within the threshold", async () => {
		const { alarms, flow, runTo } = world();
		alarms.add(ratioAlarm, arnOf("ratio"));
		flow("requests", 100, 0, 300);

		await runTo(300);

		expect(alarms.state("ratio")).toBe("OK");
	});

	it("given metrics that stop, keeps the state while real data are in range, then loses it", async () => {
		const { alarms, flow, changes, runTo } = world();
		alarms.add({ ...errorsAlarm, TreatMissingData: "missing" }, arnOf("errors"));
		flow("errors", 0, 0, 300);

		await runTo(1_200);

		const [, lost] = changes();
		expect(lost?.slice(0, 2)).toEqual(["errors", "INSUFFICIENT_DATA"]);
		expect(lost?.[2]).toBeGreaterThanOrEqual(540);
		expect(lost?.[2]).toBeLessThan(600);
	});

	it("given a change of state, says so in the shape of AWS's own event", async () => {
		const { alarms, flow, events, runTo } = world();
		alarms.add(errorsAlarm, arnOf("errors"));
		flow("errors", 0, 0, 120);
		flow("errors", 2, 120, 300);

		await runTo(300);

		const event = events.at(-1);
		const detail = event?.detail as StateDetail;
		const shapeOf = (value: unknown): unknown =>
			typeof value === "object" && value !== null && !Array.isArray(value)
				? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]))
				: typeof value;
		expect(shapeOf(event)).toEqual(shapeOf(alarmFixture));
		expect(event).toMatchObject({ account: "123456789012", region: "eu-central-1", resources: [arnOf("errors")] });
		expect(detail.previousState.value).toBe("OK");
		expect(detail.state.timestamp).toMatch(/^2026-01-31T12:04:\d\d\.\d{3}\+0000$/);
		expect(detail.state.reason).toBe(
			"Threshold Crossed: 2 out of the last 2 datapoints [12.0 (31/01/26 12:03:00), 12.0 (31/01/26 12:02:00)] " +
				"were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).",
		);
		expect(JSON.parse(detail.state.reasonData ?? "")).toEqual({
			version: "1.0",
			queryDate: detail.state.timestamp,
			startDate: "2026-01-31T12:02:00.000+0000",
			statistic: "Sum",
			period: 60,
			recentDatapoints: [12, 12],
			threshold: 5,
		});
	});

	it("given an alarm with the shape of AWS's sample, puts the sample's configuration into its event", () => {
		const { alarms, events } = world();
		const [sample] = alarmFixture.detail.configuration.metrics;
		alarms.add({ ...errorsAlarm, MetricName: sample?.metricStat.metric.name }, arnOf("errors"));

		alarms.force("errors", "ALARM");

		expect(events[0]?.detail).toMatchObject({
			configuration: {
				description: alarmFixture.detail.configuration.description,
				metrics: [
					{ metricStat: { metric: { name: sample?.metricStat.metric.name, dimensions }, period: 60, stat: "Sum" } },
				],
			},
			previousState: { reason: "Unchecked: Initial alarm creation", value: "INSUFFICIENT_DATA" },
		});
	});

	it("given a state set by hand, says so at once and takes it back at the next evaluation", async () => {
		const { alarms, flow, changes, runTo } = world();
		alarms.add(errorsAlarm, arnOf("errors"));
		flow("errors", 0, 0, 600);
		await runTo(300);

		alarms.force("errors", "ALARM");
		alarms.force("errors", "ALARM");
		const afterForce = alarms.state("errors");
		await runTo(400);

		expect(afterForce).toBe("ALARM");
		expect(changes().map(([, state]) => state)).toEqual(["OK", "ALARM", "OK"]);
		expect(changes()[1]?.[2]).toBe(300);
	});

	it("given that it was stopped, evaluates nothing more", async () => {
		const { alarms, flow, changes, runTo } = world();
		alarms.add(errorsAlarm, arnOf("errors"));
		flow("errors", 9, 0, 600);

		alarms.stop();
		await runTo(600);

		expect(changes()).toEqual([]);
	});

	it("given any seed, only the moment of evaluation differs: bad minutes turn it red within a minute of being complete", async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer(), async (seed) => {
				const { alarms, flow, changes, runTo } = world({}, seed);
				alarms.add(errorsAlarm, arnOf("errors"));
				flow("errors", 9, 120, 360);

				await runTo(420);

				const red = changes().find(([, state]) => state === "ALARM");
				expect(red?.[2]).toBeGreaterThanOrEqual(240);
				expect(red?.[2]).toBeLessThan(300);
			}),
			{ numRuns: 20 },
		);
	});
});
