/** What users got from one release: every request is good or bad, and of the good ones some were slow. */
export interface Tally {
	readonly good: number;
	/** Answered with a server error, or by nobody. */
	readonly bad: number;
	readonly slow: number;
}

/** A tally that grows. */
export class RunningTally implements Tally {
	good = 0;
	bad = 0;
	slow = 0;

	add(good: number, bad: number, slow: number): void {
		this.good += good;
		this.bad += bad;
		this.slow += slow;
	}
}
