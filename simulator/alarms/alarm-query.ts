import { AlarmProperties } from "./alarm-properties.ts";
import { type Statistic, statistics } from "./metric-series.ts";
import type { MetricIdentity } from "./metric-store.ts";

/** One metric that an alarm reads. */
export interface MetricQuery {
	readonly kind: "metric";
	readonly id: string;
	readonly identity: MetricIdentity;
	readonly statistic: Statistic;
	readonly periodSeconds: number;
	readonly returnsData: boolean;
}

/** One expression over other queries. */
export interface ExpressionQuery {
	readonly kind: "expression";
	readonly id: string;
	readonly expression: string;
	readonly label?: string;
	readonly returnsData: boolean;
}

export type AlarmQuery = MetricQuery | ExpressionQuery;

const readPeriod = (properties: AlarmProperties): number => {
	const seconds = properties.number("Period");
	if (![10, 20, 30].includes(seconds) && !(seconds > 0 && seconds % 60 === 0)) {
		throw properties.refusal("Period", "10, 20, 30 or a multiple of 60 seconds");
	}
	return seconds;
};

const readDimensions = (alarm: string, properties: AlarmProperties): Readonly<Record<string, string>> =>
	Object.fromEntries(
		properties.list("Dimensions").map((each, index) => {
			const pair = new AlarmProperties(alarm, each, ["Name", "Value"], properties.path(`Dimensions[${index}]`));
			return [pair.text("Name"), pair.text("Value")];
		}),
	);

/** The one metric of an alarm that has no `Metrics`. */
export const readSingleMetric = (alarm: string, properties: AlarmProperties): MetricQuery => ({
	kind: "metric",
	id: "m1",
	identity: {
		namespace: properties.text("Namespace"),
		name: properties.text("MetricName"),
		dimensions: readDimensions(alarm, properties),
	},
	statistic: properties.oneOf("Statistic", statistics),
	periodSeconds: readPeriod(properties),
	returnsData: true,
});

const readMetricStat = (alarm: string, query: AlarmProperties, id: string, returnsData: boolean): MetricQuery => {
	const at = query.path("MetricStat");
	const stat = new AlarmProperties(alarm, query.raw("MetricStat"), ["Metric", "Period", "Stat"], at);
	const known = ["Namespace", "MetricName", "Dimensions"];
	const metric = new AlarmProperties(alarm, stat.raw("Metric"), known, stat.path("Metric"));
	return {
		kind: "metric",
		id,
		identity: {
			namespace: metric.text("Namespace"),
			name: metric.text("MetricName"),
			dimensions: readDimensions(alarm, metric),
		},
		statistic: stat.oneOf("Stat", statistics),
		periodSeconds: readPeriod(stat),
		returnsData,
	};
};

/**
 * One entry of `Metrics`. As in CloudWatch, an entry returns data unless it says otherwise.
 * @throws InvalidAlarmError for what is neither a plain statistic nor an expression.
 */
export const readQuery = (alarm: string, entry: unknown, index: number): AlarmQuery => {
	const known = ["Id", "MetricStat", "Expression", "ReturnData", "Label", "Period"];
	const query = new AlarmProperties(alarm, entry, known, `Metrics[${index}]`);
	const id = query.text("Id");
	if (!/^[a-z][A-Za-z0-9_]*$/.test(id)) {
		throw query.refusal("Id", "letters, digits and underscores, beginning with a small letter");
	}
	const returnsData = query.flag("ReturnData", true);
	if (query.has("MetricStat") === query.has("Expression")) {
		throw query.refusal("Expression", "either Expression or MetricStat, and not both");
	}
	if (query.has("MetricStat")) return readMetricStat(alarm, query, id, returnsData);
	return {
		kind: "expression",
		id,
		expression: query.text("Expression"),
		...(query.has("Label") ? { label: query.text("Label") } : {}),
		returnsData,
	};
};
