import { JsonRefusal, jsonProduct } from "./json-product.ts";

/** An alarm, in the API's own words; times in seconds, as on the wire. */
export interface StoredAlarm {
	readonly AlarmName: string;
	readonly StateValue: "ALARM" | "OK" | "INSUFFICIENT_DATA";
	readonly StateTransitionedTimestamp?: number;
	readonly StateUpdatedTimestamp?: number;
	readonly type: "MetricAlarm" | "CompositeAlarm";
}

interface DescribeAlarms {
	readonly AlarmNames?: readonly string[];
	readonly AlarmTypes?: readonly string[];
	readonly StateValue?: string;
	readonly MaxRecords?: number;
	readonly NextToken?: string;
}

interface MetricDataQuery {
	readonly Id: string;
	readonly MetricStat: {
		readonly Metric: {
			readonly Namespace: string;
			readonly MetricName: string;
			readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
		};
		readonly Period: number;
		readonly Stat: string;
	};
}

interface GetMetricData {
	readonly MetricDataQueries: readonly MetricDataQuery[];
	readonly StartTime: number;
	readonly EndTime: number;
	readonly NextToken?: string;
}

interface Point {
	readonly atSeconds: number;
	readonly value: number;
}

/** What a metric query asks for, as one text: namespace, name, statistic and sorted dimensions. */
export const seriesKey = (
	namespace: string,
	name: string,
	stat: string,
	dimensions: Readonly<Record<string, string>>,
) =>
	[
		namespace,
		name,
		stat,
		...Object.entries(dimensions)
			.map(([key, value]) => `${key}=${value}`)
			.sort(),
	].join(" ");

/** Alarms and metrics of CloudWatch, as they look from the wire. */
export class CloudwatchProduct {
	readonly alarms = new Map<string, StoredAlarm>();
	/** Points that one page of metric data holds. */
	pageLimit = 100_800;
	/** What GetMetricData says of a series once all its points are out. */
	finalStatus: "Complete" | "InternalError" | "PartialData" | "Forbidden" = "Complete";
	readonly #points = new Map<string, Point[]>();

	readonly answer = jsonProduct("GraniteServiceVersion20100801", "1.0", {
		DescribeAlarms: (input) => this.#describeAlarms(input as DescribeAlarms),
		GetMetricData: (input) => this.#getMetricData(input as unknown as GetMetricData),
	});

	/** Stores one value of a series; how it aggregates is the caller's business. */
	put(key: string, atEpochMs: number, value: number): void {
		this.#points.set(key, [...(this.#points.get(key) ?? []), { atSeconds: atEpochMs / 1_000, value }]);
	}

	#describeAlarms({ AlarmNames, AlarmTypes, StateValue, MaxRecords = 50, NextToken = "0" }: DescribeAlarms): object {
		if ((AlarmNames?.length ?? 0) > 100 || MaxRecords > 100)
			throw new JsonRefusal("ValidationError", "At most 100 names and records");
		const types = AlarmTypes ?? ["MetricAlarm"];
		const all = [...this.alarms.values()]
			.filter((alarm) => AlarmNames === undefined || AlarmNames.length === 0 || AlarmNames.includes(alarm.AlarmName))
			.filter((alarm) => types.includes(alarm.type) && (StateValue === undefined || alarm.StateValue === StateValue));
		const to = Number(NextToken) + MaxRecords;
		const page = all.slice(Number(NextToken), to);
		return {
			MetricAlarms: page.filter((alarm) => alarm.type === "MetricAlarm"),
			CompositeAlarms: page.filter((alarm) => alarm.type === "CompositeAlarm"),
			...(to < all.length && { NextToken: String(to) }),
		};
	}

	/** As the real one does, pages through each series at the same pace and calls it partial until its end is out. */
	#getMetricData({ MetricDataQueries, StartTime, EndTime, NextToken = "0" }: GetMetricData): object {
		const from = Number(NextToken);
		const perSeries = Math.max(1, Math.floor(this.pageLimit / MetricDataQueries.length));
		let hasMore = false;
		const MetricDataResults = MetricDataQueries.map(({ Id, MetricStat: { Metric, Period, Stat } }) => {
			if (StartTime % Period !== 0) throw new JsonRefusal("InvalidParameterValueException", "StartTime is not aligned");
			const dimensions = Object.fromEntries(Metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
			const points = (this.#points.get(seriesKey(Metric.Namespace, Metric.MetricName, Stat, dimensions)) ?? [])
				.filter(({ atSeconds }) => atSeconds >= StartTime && atSeconds < EndTime)
				.sort((left, right) => left.atSeconds - right.atSeconds);
			const page = points.slice(from, from + perSeries);
			const isLast = from + perSeries >= points.length;
			hasMore ||= !isLast;
			return {
				Id,
				StatusCode: isLast ? this.finalStatus : "PartialData",
				Timestamps: page.map(({ atSeconds }) => atSeconds),
				Values: page.map(({ value }) => value),
			};
		});
		return { MetricDataResults, NextToken: hasMore ? String(from + perSeries) : undefined };
	}
}
