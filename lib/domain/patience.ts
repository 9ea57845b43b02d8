/** Shortest and longest wait between two looks at something that is not there yet, seconds. */
const shortestSeconds = 5;
const longestSeconds = 60;

/**
 * How long to wait before looking again, after having waited this long: a tenth of it, 5 s at least and 60 s at most.
 * What comes soon is seen soon, and a wait of hours stays far from the limit of events of an execution.
 */
export const nextWaitSeconds = (waitedSeconds: number): number =>
	Math.min(longestSeconds, Math.max(shortestSeconds, Math.ceil(waitedSeconds / 10)));
