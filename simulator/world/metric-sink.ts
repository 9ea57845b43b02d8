import type { Datapoint } from "../alarms/metric-series.ts";
import type { MetricIdentity } from "../alarms/metric-store.ts";

/**
 * Where the world's products publish metrics; the metric store of simulator/alarms is one.
 * A point is visible from the moment it is added: publication delay is the publisher's business.
 */
export interface MetricSink {
	/** The series of a metric, to keep and add to often. */
	series(identity: MetricIdentity): { add(point: Datapoint): void };
}

const nowhere = { add: () => {} };

/** A sink that keeps nothing, for worlds in which nobody looks at metrics. */
export const noMetrics: MetricSink = { series: () => nowhere };
