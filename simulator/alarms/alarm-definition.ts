import { AlarmProperties } from "./alarm-properties.ts";
import { type AlarmQuery, type MetricQuery, readQuery, readSingleMetric } from "./alarm-query.ts";
import { retentionSeconds } from "./metric-store.ts";
import type { AlarmRule, AlarmState, MissingDataTreatment } from "./missing-data.ts";

export type ComparisonOperator =
	| "GreaterThanThreshold"
	| "GreaterThanOrEqualToThreshold"
	| "LessThanThreshold"
	| "LessThanOrEqualToThreshold";

/** What an alarm runs when it enters a state. */
export interface AlarmActions {
	/** False where `ActionsEnabled` is: the state changes and the event is sent, but no action runs. */
	readonly isEnabled: boolean;
	readonly arns: Readonly<Record<AlarmState, readonly string[]>>;
}

/** A metric alarm, read from CloudFormation. */
export interface AlarmDefinition extends AlarmRule {
	readonly name: string;
	readonly description: string | null;
	/** Metrics and expressions in the order of the template; exactly one returns data. */
	readonly queries: readonly AlarmQuery[];
	readonly periodSeconds: number;
	readonly operator: ComparisonOperator;
	readonly threshold: number;
	readonly actions: AlarmActions;
}

const operators: readonly ComparisonOperator[] = [
	"GreaterThanThreshold",
	"GreaterThanOrEqualToThreshold",
	"LessThanThreshold",
	"LessThanOrEqualToThreshold",
];

const treatments: readonly MissingDataTreatment[] = ["missing", "notBreaching", "breaching", "ignore"];

const commonNames = ["AlarmName", "AlarmDescription", "ActionsEnabled", "AlarmActions", "OKActions"];
const actionNames = [...commonNames, "InsufficientDataActions", "Tags"];
const ruleNames = ["ComparisonOperator", "Threshold", "EvaluationPeriods", "DatapointsToAlarm", "TreatMissingData"];
const singleNames = ["MetricName", "Namespace", "Dimensions", "Statistic", "Period"];

/**
 * CloudWatch looks further back than `EvaluationPeriods`, and does not publish how far.
 * Its documentation's example is five data points for three periods: two more.
 */
export const extraPeriods = 2;

const mostMetrics = 10;

/** The name an alarm goes by, for messages even where it has none. */
export const alarmNameOf = (properties: Readonly<Record<string, unknown>>): string =>
	typeof properties.AlarmName === "string" ? properties.AlarmName : "without AlarmName";

/** The actions of any kind of alarm. */
export const readActions = (properties: AlarmProperties): AlarmActions => ({
	isEnabled: properties.flag("ActionsEnabled", true),
	arns: {
		ALARM: properties.texts("AlarmActions"),
		OK: properties.texts("OKActions"),
		INSUFFICIENT_DATA: properties.texts("InsufficientDataActions"),
	},
});

/** Properties that metric alarms and composite alarms share. */
export const sharedNames: readonly string[] = actionNames;

const readQueries = (alarm: string, properties: AlarmProperties): readonly AlarmQuery[] => {
	if (!properties.has("Metrics")) return [readSingleMetric(alarm, properties)];
	for (const name of singleNames) {
		if (properties.has(name)) throw properties.refusal(name, "absent where Metrics is given");
	}
	const queries = properties.list("Metrics").map((entry, index) => readQuery(alarm, entry, index));
	if (new Set(queries.map(({ id }) => id)).size !== queries.length) {
		throw properties.refusal("Metrics", "a list in which every Id is different");
	}
	if (queries.filter(({ returnsData }) => returnsData).length !== 1) {
		throw properties.refusal("Metrics", "a list in which exactly one entry has ReturnData true, which is the default");
	}
	return queries;
};

const periodOf = (queries: readonly AlarmQuery[], properties: AlarmProperties): number => {
	const metrics = queries.filter((query): query is MetricQuery => query.kind === "metric");
	const periods = new Set(metrics.map(({ periodSeconds }) => periodSeconds));
	const [period] = periods;
	if (period === undefined || periods.size > 1 || metrics.length > mostMetrics) {
		throw properties.refusal("Metrics", `1 to ${mostMetrics} metrics, all of the same Period`);
	}
	return period;
};

/** Alarms on DynamoDB's metrics ignore missing data, whatever they are told. */
const treatmentOf = (queries: readonly AlarmQuery[], properties: AlarmProperties): MissingDataTreatment => {
	const treatment = properties.oneOf("TreatMissingData", treatments, "missing");
	const isDynamo = queries.some((query) => query.kind === "metric" && query.identity.namespace === "AWS/DynamoDB");
	return isDynamo ? "ignore" : treatment;
};

/**
 * Reads the properties of an AWS::CloudWatch::Alarm whose intrinsic functions are resolved.
 * @throws InvalidAlarmError naming the property, as ExtendedStatistic or ThresholdMetricId, and what is allowed.
 */
export const readAlarmDefinition = (fields: Readonly<Record<string, unknown>>): AlarmDefinition => {
	const name = alarmNameOf(fields);
	const properties = new AlarmProperties(name, fields, [...actionNames, ...ruleNames, ...singleNames, "Metrics"]);
	const queries = readQueries(name, properties);
	const periodSeconds = periodOf(queries, properties);
	const most = Math.floor(retentionSeconds / periodSeconds) - extraPeriods;
	const evaluationPeriods = properties.whole("EvaluationPeriods", 1, most);
	return {
		name: properties.text("AlarmName"),
		description: properties.has("AlarmDescription") ? properties.text("AlarmDescription") : null,
		queries,
		periodSeconds,
		operator: properties.oneOf("ComparisonOperator", operators),
		threshold: properties.number("Threshold"),
		evaluationPeriods,
		datapointsToAlarm: properties.has("DatapointsToAlarm")
			? properties.whole("DatapointsToAlarm", 1, evaluationPeriods)
			: evaluationPeriods,
		treatMissingData: treatmentOf(queries, properties),
		actions: readActions(properties),
	};
};
