/** What a rollback took, in virtual seconds since the beginning of the run. */
export interface RollbackTimes {
	readonly triggeredAtSeconds: number;
	readonly zeroConfirmedAtSeconds: number;
	readonly zeroObservedAtSeconds: number | null;
	/** From trigger to zero confirmed. */
	readonly seconds: number;
}
