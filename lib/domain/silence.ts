import type { Measurement } from "./measurement.ts";

/**
 * Start of the first bucket in which the canary's slot got no request while the stable slot's data prove that the
 * source was alive; null where there is none. Zero observed is a statement about data, so silence alone is not enough.
 */
export const firstSilentBucket = (measurements: readonly Measurement[]): number | null =>
	measurements.find((bucket) => (bucket.canary?.requests ?? 0) === 0 && (bucket.stable?.requests ?? 0) > 0)
		?.startEpochMs ?? null;
