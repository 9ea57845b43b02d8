import type { BusinessMetric } from "./versions.ts";

/** What one slot did in ten seconds. */
export interface SlotBucket {
	readonly startEpochMs: number;
	/** Sent by users, whether answered by a pod or not. */
	requests: number;
	/** Answered by a pod: what the service's own metrics can know of. */
	served: number;
	/** Sent to a pod that was gone: the load balancer answers 502 itself. */
	refused: number;
	/** Taken by a pod that never answers: the load balancer answers 504 itself, an idle timeout later. */
	hung: number;
	/** Of those served. */
	errors: number;
	/** Of those served. */
	slow: number;
	/** Sums of business metrics, in the order in which their version first published them. */
	business: BusinessSum[];
}

/** What one business metric adds up to in a bucket. */
export interface BusinessSum {
	readonly metric: BusinessMetric;
	sum: number;
	count: number;
}

/** Length of a bucket: the finest period that Sluice measures in. */
export const bucketMs = 10_000;

/** An empty bucket. */
export const emptyBucket = (startEpochMs: number): SlotBucket => ({
	startEpochMs,
	requests: 0,
	served: 0,
	refused: 0,
	hung: 0,
	errors: 0,
	slow: 0,
	business: [],
});
