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
}

const seriesOf = (metrics: MetricReader, definition: ServiceDefinition, slot: SlotName): SlotSeries => {
	const { kind, namespace } = definition.measurements;
	if (kind === "custom-metrics") {
		const dimensions = { Service: definition.service, Slot: slot };
		const named = (name: string) => metrics.series({ namespace, name, dimensions });
		return { requests: named("Requests"), errors: named("Errors"), slow: named("SlowRequests") };
	}
	const dimensions = loadBalancerDimensions(definition, slot);
	const named = (name: string) => metrics.series({ namespace: "AWS/ApplicationELB", name, dimensions });
	return {
		requests: named("RequestCount"),
		errors: named("HTTPCode_Target_5XX_Count"),
		slow: named(slowAnswersMetric),
	};
};

/** Null without requests: nobody measured, or nobody came. The others count only beside requests. */
const countsAt = (series: SlotSeries, startEpochMs: number, periodMs: number): Counts | null => {
	const requests = series.requests.read("Sum", startEpochMs, periodMs);
	if (Number.isNaN(requests)) return null;
	// What has no data point is no bad request: a load balancer reports errors only where there are some.
	const badOf = (bad: SumSeries): number => Math.min(bad.read("Sum", startEpochMs, periodMs) || 0, requests);
	return { requests, errors: badOf(series.errors), slow: badOf(series.slow) };
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
