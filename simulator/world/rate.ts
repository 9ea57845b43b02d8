/** Requests per second at an instant: the mean of a Poisson process. */
export type Rate = (atEpochMs: number) => number;

/** The same rate always, or the function itself. */
export const rateOf = (requestsPerSecond: number | Rate): Rate =>
	typeof requestsPerSecond === "function" ? requestsPerSecond : () => requestsPerSecond;

const dayMs = 86_400_000;

/**
 * A day of traffic: a sine around the mean with its peak at 18:00 UTC.
 * @param swing - 0 is constant, 1 falls to nothing at 06:00.
 */
export const dailyRate =
	(meanRequestsPerSecond: number, swing: number): Rate =>
	(atEpochMs) =>
		meanRequestsPerSecond * (1 - swing * Math.sin((2 * Math.PI * (atEpochMs % dayMs)) / dayMs));
