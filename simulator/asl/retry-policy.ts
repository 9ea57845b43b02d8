import type { Random } from "../kernel/random.ts";
import type { Retrier } from "./definition.ts";
import { matchesError } from "./error-matching.ts";

/**
 * Milliseconds before the nth retry of one retrier (n from 1): interval × rate^(n−1), capped after back-off, then jittered.
 * FULL jitter is uniform between nothing and the delay.
 */
export const retryDelayMs = (retrier: Retrier, n: number, random: Random): number => {
	const grownSeconds = retrier.intervalSeconds * retrier.backoffRate ** (n - 1);
	const delayMs = 1000 * Math.min(grownSeconds, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY);
	return retrier.jitterStrategy === "FULL" ? random.between(0, delayMs) : delayMs;
};

/** The retries of one visit to one state; leaving the state forgets them. */
export interface RetryPolicy {
	/** Delay before the next attempt, or null when this error is not to be retried any more. Counts. */
	next(error: string): number | null;
	/** Retries so far, of all retriers together. */
	readonly retryCount: number;
}

/** One counter per retrier. The first retrier that matches decides, even when it has no attempts left. */
export const createRetryPolicy = (retriers: readonly Retrier[], random: Random): RetryPolicy => {
	const counts = new Map<Retrier, number>();
	let retryCount = 0;
	return {
		get retryCount() {
			return retryCount;
		},
		next: (error) => {
			const retrier = retriers.find((candidate) => matchesError(candidate.errorEquals, error));
			if (retrier === undefined) return null;
			const n = (counts.get(retrier) ?? 0) + 1;
			if (n > retrier.maxAttempts) return null;
			counts.set(retrier, n);
			retryCount++;
			return retryDelayMs(retrier, n, random);
		},
	};
};
