import { type Deed, deedsOf } from "./deed.ts";
import type { Counts } from "./measurement.ts";
import type { Release } from "./release.ts";
import type { Outcome, RollbackCauseKind, ServiceState, WeightShift } from "./service-state.ts";

/** What is remembered of a rollout that has ended; everything that people and figures are told is read off these. */
export interface RolloutRecord {
	/** `<service>-<epoch>`: a service's records follow each other by it. */
	readonly rolloutId: string;
	readonly release: Release;
	/** What served before; absent where the rollout began under a version of Sluice that did not note it. */
	readonly replaces?: Release;
	readonly outcome: Outcome;
	/** Why traffic went back; absent where it did not. */
	readonly cause?: RollbackCauseKind;
	readonly explanation?: string;
	/** Who pushed or asked for it, where that is known. */
	readonly askedBy?: string;
	/** What people did to it, oldest first: who approved, resumed, promoted, paused, aborted, or asked for it. */
	readonly deeds?: readonly Deed[];
	readonly pushedAtEpochMs?: number;
	readonly startedAtEpochMs: number;
	/** First time that the canary could receive a request; absent where it never could. */
	readonly exposedAtEpochMs?: number;
	/** When the canary served everything and the window opened. */
	readonly promotedAtEpochMs?: number;
	readonly triggeredAtEpochMs?: number;
	readonly zeroConfirmedAtEpochMs?: number;
	readonly endedAtEpochMs: number;
	/** The largest share that was claimed for the canary. */
	readonly highestWeightPercent: number;
	/** Every weight in the order of its first claim. */
	readonly shifts?: readonly WeightShift[];
	/** How long it waited for people, over all questions that were answered. */
	readonly pausedSeconds?: number;
	/** What the canary answered before traffic went back, as far as metrics said so; ten minutes at most. */
	readonly touched?: Counts;
}

/** Longest explanation that is kept, in characters: an item stays far below what a table holds. */
const longestExplanation = 1_000;

type Known<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Leaves out what is not known: the record says nothing of it. */
const known = <T extends object>(facts: T): Known<T> =>
	// Entries of a record with some left out are a part of that record.
	Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined)) as Known<T>;

/** An abort is known by the rollback that it began, which asks no record first. */
const allDeeds = (state: ServiceState): readonly Deed[] | undefined => {
	const { rollback } = state;
	const isAborted = rollback?.kind === "person" && rollback.by !== undefined;
	const aborted: readonly Deed[] = isAborted
		? [{ verb: "abort", by: rollback.by, atEpochMs: rollback.triggeredAtEpochMs }]
		: [];
	const deeds = [...deedsOf(state), ...aborted];
	return deeds.length === 0 ? undefined : deeds;
};

/**
 * The record of a rollout that is about to end; null where the state is not at such an end, so that a call that comes
 * late or says another outcome adds nothing.
 */
export const recordOf = (state: ServiceState, outcome: Outcome, endedAtEpochMs: number): RolloutRecord | null => {
	const { rolloutId, release, rollback } = state;
	const isEnding = state.phase === (outcome === "promoted" ? "closing" : "rolling-back");
	if (rolloutId === undefined || release === undefined || !isEnding) return null;
	return {
		rolloutId,
		release,
		outcome,
		// Written when the service was acquired; a record that somebody edited must not keep it from becoming idle.
		startedAtEpochMs: state.startedAtEpochMs ?? endedAtEpochMs,
		endedAtEpochMs,
		highestWeightPercent: state.weightPercent,
		...known({
			// Roles change at closing alone, so in a rollback what serves is what was to be replaced.
			replaces: outcome === "promoted" ? state.replaced : state.stableRelease,
			cause: rollback?.kind,
			explanation: rollback?.explanation.slice(0, longestExplanation),
			askedBy: state.askedBy,
			deeds: allDeeds(state),
			pushedAtEpochMs: state.pushedAtEpochMs,
			exposedAtEpochMs: state.exposedAtEpochMs,
			promotedAtEpochMs: state.promotedAtEpochMs,
			triggeredAtEpochMs: rollback?.triggeredAtEpochMs,
			zeroConfirmedAtEpochMs: rollback?.zeroConfirmedAtEpochMs,
			shifts: state.shifts,
			pausedSeconds: state.pausedSeconds,
			touched: rollback?.touched,
		}),
	};
};
