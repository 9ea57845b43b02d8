/** Time, as far as a function may know it. */
export interface Clock {
	/** Milliseconds since 1970-01-01 UTC. */
	nowEpochMs(): number;
	sleep(milliseconds: number): Promise<void>;
}
