/** What one slot did in one bucket. Counts, not ratios: counts add up. */
export interface Counts {
	readonly requests: number;
	/** Answered with a server error. */
	readonly errors: number;
	/** Answered, but slower than the limit. */
	readonly slow: number;
	/**
	 * Got no answer of the application: refused, reset, timed out. Absent where the source cannot tell. Below zero where
	 * requests that came before this bucket were answered in it; added up over buckets, only what is under way is left.
	 */
	readonly unanswered?: number | undefined;
}

/** One bucket of counts. `null` means no data came, which is not the same as no requests (promise 4). */
export interface Measurement {
	readonly startEpochMs: number;
	readonly stable: Counts | null;
	readonly canary: Counts | null;
}

/** Counts as people are told them: more answers than requests is what was under way when counting began. */
export const settledCounts = (counts: Counts): Counts =>
	counts.unanswered === undefined ? counts : { ...counts, unanswered: Math.max(0, counts.unanswered) };

/** Nothing was counted. */
export const noCounts: Counts = { requests: 0, errors: 0, slow: 0 };

/** Adds up counts; a bucket without data adds nothing. */
export const addCounts = (a: Counts, b: Counts | null): Counts => {
	if (b === null) return a;
	const sum = { requests: a.requests + b.requests, errors: a.errors + b.errors, slow: a.slow + b.slow };
	if (a.unanswered === undefined && b.unanswered === undefined) return sum;
	return { ...sum, unanswered: (a.unanswered ?? 0) + (b.unanswered ?? 0) };
};
