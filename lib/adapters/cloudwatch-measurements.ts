import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Measurement } from "../domain/measurement.ts";
import { otherSlot } from "../domain/slot.ts";
import { type Measurements, MeasurementsUnavailableError } from "../ports/measurements.ts";
import { failureOf } from "./aws-failure.ts";
import { slotQueries } from "./cloudwatch-slot-queries.ts";

/** A page holds 100,800 data points: more than one is rare, more than a few a fault. */
const maxPages = 10;

/** Data points by query id, then by the start of their bucket. */
type Series = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Counts of requests from CloudWatch: the load balancer's own metrics, or metrics that the service publishes. */
export const cloudwatchMeasurements = (client: CloudWatchClient): Measurements => ({
	read: async (definition, { stableSlot, fromEpochMs, toEpochMs }) => {
		const periodMs = definition.measurements.periodSeconds * 1_000;
		const bucketCount = Math.floor((toEpochMs - fromEpochMs) / periodMs);
		if (bucketCount <= 0) return [];
		const stable = slotQueries(definition, stableSlot);
		const canary = slotQueries(definition, otherSlot(stableSlot));
		const queries = [...stable.queries, ...canary.queries];
		const series = await readSeries(client, queries, fromEpochMs, fromEpochMs + bucketCount * periodMs);
		return Array.from({ length: bucketCount }, (_, index): Measurement => {
			const startEpochMs = fromEpochMs + index * periodMs;
			const point = (queryId: string) => series.get(queryId)?.get(startEpochMs);
			return { startEpochMs, stable: stable.countsOf(point), canary: canary.countsOf(point) };
		});
	},
});

/** @throws MeasurementsUnavailableError unless CloudWatch calls every query complete: half the data is not evidence. */
const readSeries = async (
	client: CloudWatchClient,
	queries: readonly MetricDataQuery[],
	fromEpochMs: number,
	toEpochMs: number,
): Promise<Series> => {
	const series = new Map<string, Map<number, number>>();
	const statuses = new Map<string, string>();
	let nextToken: string | undefined;
	for (let page = 0; page < maxPages; page++) {
		const answer = await readPage(client, queries, fromEpochMs, toEpochMs, nextToken);
		for (const { Id = "", StatusCode = "missing", Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
			const points = series.get(Id) ?? new Map<number, number>();
			Timestamps.forEach((timestamp, index) => {
				const value = Values[index];
				if (value !== undefined) points.set(timestamp.getTime(), value);
			});
			series.set(Id, points);
			// While there are more pages a series is partial; only its last status counts.
			statuses.set(Id, StatusCode);
		}
		nextToken = answer.NextToken;
		if (nextToken === undefined) {
			assertComplete(queries, statuses);
			return series;
		}
	}
	throw new MeasurementsUnavailableError(`GetMetricData did not come to an end within ${maxPages} pages.`);
};

const readPage = async (
	client: CloudWatchClient,
	queries: readonly MetricDataQuery[],
	fromEpochMs: number,
	toEpochMs: number,
	nextToken: string | undefined,
) => {
	try {
		return await client.send(
			new GetMetricDataCommand({
				MetricDataQueries: [...queries],
				StartTime: new Date(fromEpochMs),
				EndTime: new Date(toEpochMs),
				ScanBy: "TimestampAscending",
				NextToken: nextToken,
			}),
		);
	} catch (error) {
		throw failureOf("GetMetricData", error, MeasurementsUnavailableError);
	}
};

const assertComplete = (queries: readonly MetricDataQuery[], statuses: ReadonlyMap<string, string>): void => {
	for (const { Id = "" } of queries) {
		const status = statuses.get(Id) ?? "missing";
		if (status !== "Complete") {
			throw new MeasurementsUnavailableError(`GetMetricData called series ${Id} ${status}: allowed is Complete.`);
		}
	}
};
