import type { Release } from "./release.ts";
import type { ServiceState } from "./service-state.ts";

/** So many earlier rollouts can be asked for again, with the content that they had. */
export const keptRollouts = 10;

/**
 * Contents that a release can still need: of what serves, is on trial, waits, is wanted or held, and of the newest
 * rollouts of the history, which people may ask for again.
 */
export const contentsToKeep = (
	state: ServiceState,
	history: readonly { readonly release: Release; readonly replaces?: Release }[],
): readonly string[] => {
	const { stableRelease, release, next, wanted, held, last, replaced } = state;
	const onRecord = [stableRelease, release, next, wanted?.release, held?.release, last?.release, replaced];
	const earlier = history.slice(0, keptRollouts).flatMap((rollout) => [rollout.release, rollout.replaces]);
	const contents = [...onRecord, ...earlier].map((needed) => needed?.contentHash);
	return [...new Set(contents.filter((contentHash) => contentHash !== undefined))];
};
