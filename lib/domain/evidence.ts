import { addCounts, type Counts, type Measurement, noCounts } from "./measurement.ts";
import type { TargetTrail } from "./target-trail.ts";

/**
 * What a step has seen so far. Carried from look to look by the state machine, so it stays small:
 * only the buckets inside the guardrails' window are kept, the rest is counted.
 */
export interface Evidence {
	/** Buckets before this instant are settled: a repeated look counts none of them twice (D7). */
	readonly watermarkEpochMs: number;
	/** Settled buckets since the warm-up, with and without data from the canary. */
	readonly settledBuckets: number;
	readonly missingBuckets: number;
	/** Settled buckets of the guardrails' window, oldest first. */
	readonly recent: readonly Measurement[];
	/** All settled buckets since the warm-up, added up. */
	readonly total: Readonly<Record<Arm, Counts>>;
	/** What looks at the canary's targets have left behind; absent before the first one. */
	readonly targets?: TargetTrail | undefined;
}

/** Whose counts: the slot that served before, or the one on trial. */
export type Arm = "stable" | "canary";

/** How the source behaves and what the step needs from it. */
export interface EvidenceRules {
	readonly periodSeconds: number;
	/** A bucket without data this old stays without data; a younger one may still fill. */
	readonly latenessSeconds: number;
	/** The guardrails' window. */
	readonly windowSeconds: number;
	/** Whether the stable slot must be in a bucket for it to be complete. */
	readonly needsStable: boolean;
}

/** When the first full bucket after the warm-up begins. */
const firstBucketEpochMs = (startEpochMs: number, warmupSeconds: number, periodSeconds: number): number => {
	const periodMs = periodSeconds * 1000;
	return Math.ceil((startEpochMs + warmupSeconds * 1000) / periodMs) * periodMs;
};

/** When the first figures of what began at `startEpochMs` are complete; how late they are published comes on top. */
export const firstFiguresEpochMs = (startEpochMs: number, warmupSeconds: number, periodSeconds: number): number =>
	firstBucketEpochMs(startEpochMs, warmupSeconds, periodSeconds) + periodSeconds * 1000;

/** Evidence of a step whose weight was set at `startEpochMs`: nothing before the first full bucket after the warm-up. */
export const freshEvidence = (startEpochMs: number, warmupSeconds: number, periodSeconds: number): Evidence => ({
	watermarkEpochMs: firstBucketEpochMs(startEpochMs, warmupSeconds, periodSeconds),
	settledBuckets: 0,
	missingBuckets: 0,
	recent: [],
	total: { stable: noCounts, canary: noCounts },
});

/**
 * Takes in what a look has read, oldest first. Buckets before the watermark are ignored, and the watermark
 * stops at the first bucket that may still fill, so late data is waited for rather than lost.
 */
export const gather = (
	evidence: Evidence,
	measurements: readonly Measurement[],
	nowEpochMs: number,
	rules: EvidenceRules,
): Evidence => {
	const periodMs = rules.periodSeconds * 1000;
	let { watermarkEpochMs, settledBuckets, missingBuckets } = evidence;
	let { stable, canary } = evidence.total;
	const recent = [...evidence.recent];
	for (const bucket of measurements) {
		if (bucket.startEpochMs !== watermarkEpochMs) continue;
		const isComplete = bucket.canary !== null && (bucket.stable !== null || !rules.needsStable);
		const mayStillFill = nowEpochMs < bucket.startEpochMs + periodMs + rules.latenessSeconds * 1000;
		if (!isComplete && mayStillFill) break;
		watermarkEpochMs += periodMs;
		settledBuckets += 1;
		if (!isComplete) missingBuckets += 1;
		recent.push(bucket);
		stable = addCounts(stable, bucket.stable);
		canary = addCounts(canary, bucket.canary);
	}
	const oldestEpochMs = watermarkEpochMs - rules.windowSeconds * 1000;
	return {
		...evidence,
		watermarkEpochMs,
		settledBuckets,
		missingBuckets,
		recent: recent.filter((bucket) => bucket.startEpochMs >= oldestEpochMs),
		total: { stable, canary },
	};
};

/** Share of settled buckets that came with data, 0–1; 0 before the first one. */
export const coverageRatio = (evidence: Evidence): number =>
	evidence.settledBuckets === 0 ? 0 : (evidence.settledBuckets - evidence.missingBuckets) / evidence.settledBuckets;

/** One slot's counts over the guardrails' window, added up. */
export const recentOf = (evidence: Evidence, arm: Arm): Counts =>
	evidence.recent.reduce((total, bucket) => addCounts(total, bucket[arm]), noCounts);
