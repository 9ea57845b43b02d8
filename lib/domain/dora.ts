import { quantile } from "./quantile.ts";
import type { RolloutRecord } from "./rollout-record.ts";

/** A span of time, its end excluded. */
export interface Span {
	readonly fromEpochMs: number;
	readonly toEpochMs: number;
}

/** Quantiles of a length of time, and how many rollouts they rest on. */
export interface Spread {
	readonly medianSeconds: number;
	readonly p90Seconds: number;
	readonly rollouts: number;
}

/** Rollbacks by how far the release had come. */
export interface FailuresByReach {
	/** No user ever reached it. */
	readonly beforeExposure: number;
	/** Caught while it had a part of the users. */
	readonly atTrialWeight: number;
	/** It served everybody. */
	readonly atFullWeight: number;
}

/**
 * The four DORA figures of one service over a span, from what is remembered of its rollouts. A figure for which there is
 * no data is null: nothing that was measured is not the same as nothing.
 */
export interface Dora {
	readonly days: number;
	/** Rollouts that ended in the span; those that were superseded say nothing of quality and count nowhere below. */
	readonly rollouts: number;
	readonly superseded: number;
	readonly promoted: number;
	readonly rolledBack: number;
	/** Deployment frequency: promotions per day of the span. */
	readonly promotionsPerDay: number | null;
	/** Lead time: from the push to serving everybody, of promotions whose push is known. */
	readonly leadTime: Spread | null;
	/** Change failure rate, 0–1: rollbacks among promotions and rollbacks. */
	readonly changeFailureRatio: number | null;
	readonly failures: FailuresByReach;
	/** Requests that the canaries of rollbacks answered, as far as metrics said so, and of how many rollbacks that is known. */
	readonly touched: { readonly requests: number; readonly errors: number; readonly rollbacks: number } | null;
	/** Time to restore: from the trigger to zero confirmed, of rollbacks that users had reached. */
	readonly timeToRestore: Spread | null;
}

const dayMs = 86_400_000;

const seconds = (fromEpochMs: number | undefined, toEpochMs: number | undefined): readonly number[] =>
	// Clocks of two products may disagree by moments; time does not run backwards.
	fromEpochMs === undefined || toEpochMs === undefined ? [] : [Math.max(0, toEpochMs - fromEpochMs) / 1000];

const spreadOf = (lengths: readonly number[]): Spread | null => {
	const medianSeconds = quantile(lengths, 0.5);
	const p90Seconds = quantile(lengths, 0.9);
	return medianSeconds === null || p90Seconds === null ? null : { medianSeconds, p90Seconds, rollouts: lengths.length };
};

const reachOf = (rollbacks: readonly RolloutRecord[]): FailuresByReach => {
	const count = (is: (record: RolloutRecord) => boolean): number => rollbacks.filter(is).length;
	const isExposed = ({ exposedAtEpochMs }: RolloutRecord): boolean => exposedAtEpochMs !== undefined;
	const isFull = (record: RolloutRecord): boolean => isExposed(record) && record.highestWeightPercent >= 100;
	return {
		beforeExposure: count((record) => !isExposed(record)),
		atTrialWeight: count((record) => isExposed(record) && !isFull(record)),
		atFullWeight: count(isFull),
	};
};

const touchedBy = (rollbacks: readonly RolloutRecord[]): Dora["touched"] => {
	const known = rollbacks.flatMap(({ touched }) => (touched === undefined ? [] : [touched]));
	if (known.length === 0) return null;
	return {
		requests: known.reduce((sum, { requests }) => sum + requests, 0),
		errors: known.reduce((sum, { errors }) => sum + errors, 0),
		rollbacks: known.length,
	};
};

/** The figures of the rollouts that ended within the span; in whatever order they are given. */
export const doraOf = (records: readonly RolloutRecord[], { fromEpochMs, toEpochMs }: Span): Dora => {
	const ended = records.filter(({ endedAtEpochMs: at }) => at >= fromEpochMs && at < toEpochMs);
	const promotions = ended.filter(({ outcome }) => outcome === "promoted");
	const rollbacks = ended.filter(({ outcome }) => outcome === "rolled-back");
	const judged = promotions.length + rollbacks.length;
	const days = Math.max(0, toEpochMs - fromEpochMs) / dayMs;
	return {
		days,
		rollouts: ended.length,
		superseded: ended.length - judged,
		promoted: promotions.length,
		rolledBack: rollbacks.length,
		promotionsPerDay: ended.length === 0 || days === 0 ? null : promotions.length / days,
		leadTime: spreadOf(promotions.flatMap((record) => seconds(record.pushedAtEpochMs, record.promotedAtEpochMs))),
		changeFailureRatio: judged === 0 ? null : rollbacks.length / judged,
		failures: reachOf(rollbacks),
		touched: touchedBy(rollbacks),
		timeToRestore: spreadOf(
			rollbacks
				.filter(({ exposedAtEpochMs }) => exposedAtEpochMs !== undefined)
				.flatMap((record) => seconds(record.triggeredAtEpochMs, record.zeroConfirmedAtEpochMs)),
		),
	};
};
