/** What one slot did in one bucket. Counts, not ratios: counts add up. */
export interface Counts {
	readonly requests: number;
	/** Answered with a server error. */
	readonly errors: number;
	/** Answered, but slower than the limit. */
	readonly slow: number;
}

/** One bucket of counts. `null` means no data came, which is not the same as no requests (promise 4). */
export interface Measurement {
	readonly startEpochMs: number;
	readonly stable: Counts | null;
	readonly canary: Counts | null;
}

/** Nothing was counted. */
export const noCounts: Counts = { requests: 0, errors: 0, slow: 0 };

/** Adds up counts; a bucket without data adds nothing. */
export const addCounts = (a: Counts, b: Counts | null): Counts =>
	b === null ? a : { requests: a.requests + b.requests, errors: a.errors + b.errors, slow: a.slow + b.slow };
