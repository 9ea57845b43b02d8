import type { Counts, Measurement } from "../../lib/domain/measurement.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { otherSlot, type SlotName } from "../../lib/domain/slot.ts";
import { type Measurements, MeasurementsUnavailableError } from "../../lib/ports/measurements.ts";
import type { MetricIdentity } from "../alarms/metric-store.ts";
import type { Caller } from "../kernel/caller.ts";
import { loadBalancerDimensions, slowAnswersMetric } from "../world/traffic-metrics.ts";
import { failureOf } from "./call-failure.ts";

/** Published values of one metric. */
interface SumSeries {
	/** NaN where nothing was published in that period. */
	read(statistic: "Sum", fromEpochMs: number, periodMs: number): number;
}

/** What metrics are read from: the metric store of simulator/alarms. */
export interface MetricReader {
	series(identity: MetricIdentity): SumSeries;
}

interface SlotSeries {
	readonly requests: SumSeries;
	readonly errors: SumSeries;
	readonly slow: SumSeries;
	/** What requests are compared with to know how many got no answer: begun by pods, or answered by targets. */
	readonly begun?: SumSeries;
	readonly answers?: SumSeries;
}

const seriesOf = (metrics: MetricReader, definition: ServiceDefinition, slot: SlotName): SlotSeries => {
	const { kind, namespace } = definition.measurements;
	if (kind === "custom-metrics") {
		const dimensions = { Service: definition.service, Slot: slot };
		const named = (name: string) => metrics.series({ namespace, name, dimensions });
		return {
			requests: named("Requests"),
			begun: named("RequestsBegun"),
			errors: named("Errors"),
			slow: named("SlowRequests"),
		};
	}
	const dimensions = loadBalancerDimensions(definition, slot);
	const named = (name: string) => metrics.series({ namespace: "AWS/ApplicationELB", name, dimensions });
	return {
		requests: named("RequestCount"),
		answers: named("HTTPCode_Target_2XX_Count"),
		errors: named("HTTPCode_Target_5XX_Count"),
		slow: named(slowAnswersMetric),
	};
};

/** Null without requests: nobody measured, or nobody came. The others count only beside requests. */
const countsAt = (series: SlotSeries, startEpochMs: number, periodMs: number): Counts | null => {
	const sumOf = (of: SumSeries | undefined): number => of?.read("Sum", startEpochMs, periodMs) ?? Number.NaN;
	const [counted, begun] = [sumOf(series.requests), sumOf(series.begun)];
	if (Number.isNaN(counted) && Number.isNaN(begun)) return null;
	const requests = Math.max(counted || 0, begun || 0);
	// What has no data point is no bad request: a load balancer reports errors only where there are some.
	const badOf = (bad: SumSeries): number => Math.min(sumOf(bad) || 0, requests);
	const counts = { requests, errors: badOf(series.errors), slow: badOf(series.slow) };
	if (series.answers !== undefined)
		return { ...counts, unanswered: requests - (sumOf(series.answers) || 0) - (sumOf(series.errors) || 0) };
	return Number.isNaN(begun) ? counts : { ...counts, unanswered: begun - (counted || 0) };
};

/** Counts through one GetMetricData: what is published by then, and nothing else. */
export const fakeMeasurements = (metrics: MetricReader, caller: Caller): Measurements => ({
	read: async (definition, { stableSlot, fromEpochMs, toEpochMs }) => {
		const periodMs = definition.measurements.periodSeconds * 1_000;
		const bucketCount = Math.floor((toEpochMs - fromEpochMs) / periodMs);
		if (bucketCount <= 0) return [];
		const measure = (): readonly Measurement[] => {
			const stable = seriesOf(metrics, definition, stableSlot);
			const canary = seriesOf(metrics, definition, otherSlot(stableSlot));
			return Array.from({ length: bucketCount }, (_, index) => {
				const startEpochMs = fromEpochMs + index * periodMs;
				return {
					startEpochMs,
					stable: countsAt(stable, startEpochMs, periodMs),
					canary: countsAt(canary, startEpochMs, periodMs),
				};
			});
		};
		try {
			return await caller.call({ operation: "cloudwatch:GetMetricData", resource: "*" }, measure);
		} catch (error) {
			throw failureOf("GetMetricData", error, MeasurementsUnavailableError);
		}
	},
});
