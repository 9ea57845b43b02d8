import type { Counts, Measurement } from "../../lib/domain/measurement.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { otherSlot, type SlotName } from "../../lib/domain/slot.ts";
import { type Measurements, MeasurementsUnavailableError } from "../../lib/ports/measurements.ts";
import type { MetricIdentity } from "../alarms/metric-store.ts";
import type { Caller } from "../kernel/caller.ts";
import { loadBalancerDimensions, slowAnswersMetric } from "../world/traffic-metrics.ts";
import { failureOf } from "./call-failure.ts";

/** What metrics are read from: the metric store of simulator/alarms. */
export interface MetricReader {
	/** Null where nothing was published in that period. */
	read(identity: MetricIdentity, statistic: "Sum", fromEpochMs: number, periodSeconds: number): number | null;
}

interface SlotMetrics {
	readonly requests: MetricIdentity;
	readonly errors: MetricIdentity;
	readonly slow: MetricIdentity;
}

const metricsOf = (definition: ServiceDefinition, slot: SlotName): SlotMetrics => {
	const { kind, namespace } = definition.measurements;
	if (kind === "custom-metrics") {
		const dimensions = { Service: definition.service, Slot: slot };
		const named = (name: string): MetricIdentity => ({ namespace, name, dimensions });
		return { requests: named("Requests"), errors: named("Errors"), slow: named("SlowRequests") };
	}
	const dimensions = loadBalancerDimensions(definition, slot);
	const named = (name: string): MetricIdentity => ({ namespace: "AWS/ApplicationELB", name, dimensions });
	return {
		requests: named("RequestCount"),
		errors: named("HTTPCode_Target_5XX_Count"),
		slow: named(slowAnswersMetric),
	};
};

/** Null without requests: nobody measured, or nobody came. The others count only beside requests. */
const countsAt = (
	metrics: MetricReader,
	of: SlotMetrics,
	startEpochMs: number,
	periodSeconds: number,
): Counts | null => {
	const sum = (identity: MetricIdentity) => metrics.read(identity, "Sum", startEpochMs, periodSeconds);
	const requests = sum(of.requests);
	if (requests === null) return null;
	return {
		requests,
		errors: Math.min(sum(of.errors) ?? 0, requests),
		slow: Math.min(sum(of.slow) ?? 0, requests),
	};
};

/** Counts through one GetMetricData: what is published by then, and nothing else. */
export const fakeMeasurements = (metrics: MetricReader, caller: Caller): Measurements => ({
	read: async (definition, { stableSlot, fromEpochMs, toEpochMs }) => {
		const { periodSeconds } = definition.measurements;
		const bucketCount = Math.floor((toEpochMs - fromEpochMs) / (periodSeconds * 1_000));
		if (bucketCount <= 0) return [];
		const stable = metricsOf(definition, stableSlot);
		const canary = metricsOf(definition, otherSlot(stableSlot));
		const measure = (): readonly Measurement[] =>
			Array.from({ length: bucketCount }, (_, index) => {
				const startEpochMs = fromEpochMs + index * periodSeconds * 1_000;
				return {
					startEpochMs,
					stable: countsAt(metrics, stable, startEpochMs, periodSeconds),
					canary: countsAt(metrics, canary, startEpochMs, periodSeconds),
				};
			});
		try {
			return await caller.call({ operation: "cloudwatch:GetMetricData", resource: "*" }, measure);
		} catch (error) {
			throw failureOf("GetMetricData", error, MeasurementsUnavailableError);
		}
	},
});
