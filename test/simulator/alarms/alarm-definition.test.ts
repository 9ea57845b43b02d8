import { describe, expect, it } from "vitest";
import { readAlarmDefinition } from "../../../simulator/alarms/alarm-definition.ts";
import { InvalidAlarmError } from "../../../simulator/alarms/alarm-properties.ts";

const single = {
	AlarmName: "errors",
	Namespace: "AWS/ApplicationELB",
	MetricName: "HTTPCode_Target_5XX_Count",
	Dimensions: [{ Name: "LoadBalancer", Value: "app/shop/1" }],
	Statistic: "Sum",
	Period: 60,
	ComparisonOperator: "GreaterThanThreshold",
	Threshold: 5,
	EvaluationPeriods: 3,
};

const stat = (id: string, changes: object = {}, metric: object = {}) => ({
	Id: id,
	ReturnData: false,
	MetricStat: { Metric: { Namespace: "Shop", MetricName: id, ...metric }, Period: 10, Stat: "Sum", ...changes },
});

const math = {
	AlarmName: "error-ratio",
	Metrics: [
		{ Id: "ratio", Expression: "100 * errors / requests", Label: "errors, %" },
		stat("errors"),
		stat("requests"),
	],
	ComparisonOperator: "GreaterThanOrEqualToThreshold",
	Threshold: 2.5,
	EvaluationPeriods: 5,
	DatapointsToAlarm: 3,
	TreatMissingData: "notBreaching",
};

describe("readAlarmDefinition", () => {
	it("given an alarm on one metric, reads it with CloudFormation's defaults", () => {
		expect(readAlarmDefinition(single)).toEqual({
			name: "errors",
			description: null,
			queries: [
				{
					kind: "metric",
					id: "m1",
					identity: {
						namespace: "AWS/ApplicationELB",
						name: "HTTPCode_Target_5XX_Count",
						dimensions: { LoadBalancer: "app/shop/1" },
					},
					statistic: "Sum",
					periodSeconds: 60,
					returnsData: true,
				},
			],
			periodSeconds: 60,
			operator: "GreaterThanThreshold",
			threshold: 5,
			evaluationPeriods: 3,
			datapointsToAlarm: 3,
			treatMissingData: "missing",
			actions: { isEnabled: true, arns: { ALARM: [], OK: [], INSUFFICIENT_DATA: [] } },
		});
	});

	it("given an alarm on an expression, reads its metrics, its M of N and its treatment of missing data", () => {
		const definition = readAlarmDefinition({ ...math, ActionsEnabled: false, AlarmActions: ["arn:topic"] });

		expect(definition).toMatchObject({ periodSeconds: 10, datapointsToAlarm: 3, treatMissingData: "notBreaching" });
		expect(definition.queries.map(({ id, returnsData }) => [id, returnsData])).toEqual([
			["ratio", true],
			["errors", false],
			["requests", false],
		]);
		expect(definition.actions).toMatchObject({ isEnabled: false, arns: { ALARM: ["arn:topic"] } });
	});

	it("given a metric of DynamoDB, ignores missing data whatever the alarm says, as AWS does", () => {
		const definition = readAlarmDefinition({ ...single, Namespace: "AWS/DynamoDB", TreatMissingData: "breaching" });

		expect(definition.treatMissingData).toBe("ignore");
	});

	it.each<[object, string]>([
		[{ ExtendedStatistic: "p99" }, "ExtendedStatistic"],
		[{ Statistic: undefined }, "Statistic is absent"],
		[{ Statistic: "p99" }, 'Statistic is "p99"'],
		[{ ThresholdMetricId: "ad1" }, "ThresholdMetricId"],
		[{ Unit: "Seconds" }, "Unit"],
		[{ EvaluateLowSampleCountPercentile: "ignore" }, "EvaluateLowSampleCountPercentile"],
		[{ ComparisonOperator: "LessThanLowerOrGreaterThanUpperThreshold" }, "ComparisonOperator"],
		[{ AlarmName: undefined }, 'Alarm "without AlarmName"'],
		[{ Period: 45 }, "Period is 45"],
		[{ Period: 15 }, "Period is 15"],
		[{ Period: "60" }, 'Period is "60"'],
		[{ Threshold: { Ref: "Limit" } }, "Threshold"],
		[{ EvaluationPeriods: 0 }, "EvaluationPeriods is 0"],
		[{ EvaluationPeriods: 119 }, "a whole number from 1 to 118"],
		[{ DatapointsToAlarm: 4 }, "a whole number from 1 to 3"],
		[{ TreatMissingData: "fine" }, "TreatMissingData"],
		[{ Dimensions: [{ Name: "LoadBalancer", Value: { Ref: "Lb" } }] }, "Dimensions[0].Value"],
		[{ Metrics: [stat("a", {})] }, "MetricName"],
		[{ AlarmActions: [{ Ref: "Topic" }] }, "AlarmActions"],
	])("given an alarm on one metric with %j, refuses it by name", (changes, message) => {
		expect(() => readAlarmDefinition({ ...single, ...changes })).toThrow(InvalidAlarmError);
		expect(() => readAlarmDefinition({ ...single, ...changes })).toThrow(message);
	});

	it.each<[string, readonly object[], string]>([
		["percentiles", [{ ...stat("a", { Stat: "p99" }), ReturnData: true }], "Metrics[0].MetricStat.Stat"],
		["units", [{ ...stat("a", { Unit: "Count" }), ReturnData: true }], "Metrics[0].MetricStat.Unit"],
		["other accounts", [{ ...stat("a"), AccountId: "1" }], "Metrics[0].AccountId"],
		["no entry that returns data", [stat("a")], "exactly one entry"],
		[
			"two entries that return data",
			[stat("a"), { Id: "b", Expression: "a" }, { Id: "c", Expression: "a" }],
			"exactly one",
		],
		["the same id twice", [stat("a"), stat("a"), { Id: "b", Expression: "a" }], "every Id is different"],
		["different periods", [stat("a"), stat("b", { Period: 60 }), { Id: "c", Expression: "a+b" }], "the same Period"],
		["no metric at all", [{ Id: "c", Expression: "1" }], "1 to 10 metrics"],
		["an id with a capital", [{ ...stat("A"), ReturnData: true }], "Metrics[0].Id"],
		["both a metric and an expression", [{ ...stat("a"), Expression: "a" }], "either Expression or MetricStat"],
		[
			"eleven metrics",
			[...Array.from({ length: 11 }, (_, index) => stat(`m${index}`)), { Id: "e", Expression: "m1" }],
			"1 to 10 metrics",
		],
	])("given %s in Metrics, refuses it by name", (_name, metrics, message) => {
		expect(() => readAlarmDefinition({ ...math, Metrics: metrics })).toThrow(InvalidAlarmError);
		expect(() => readAlarmDefinition({ ...math, Metrics: metrics })).toThrow(message);
	});
});
