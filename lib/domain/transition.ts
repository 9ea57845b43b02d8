import type { Phase, ServiceState } from "./service-state.ts";

type Writable = Omit<ServiceState, "service">;

/** What must still be true of the stored state when a write lands. */
export interface Condition {
	readonly epoch?: number;
	readonly phaseIn?: readonly Phase[];
	readonly rolloutId?: string;
	/** The pause that is on record must be the one with this token; null where there may be none. */
	readonly pauseToken?: string | null;
	/** So many answers must be on record for the pause: whoever adds one has seen all of them. */
	readonly pauseAnswers?: number;
	/** The question that is on record must be one that waits for an answer. */
	readonly isQuestionOpen?: true;
	/** So many deeds must be on record: whoever adds one has seen all of them. */
	readonly deeds?: number;
	/** The wish that is on record must be the one with this id; null where there may be none. */
	readonly wishId?: string | null;
	/** The wish that is on record must be one that nobody has taken back. */
	readonly isWishOpen?: true;
	/** The canary may have this share on record, percent, and no larger one. */
	readonly weightAtMostPercent?: number;
	/** No question may have been asked at this instant or later. */
	readonly askedBeforeEpochMs?: number;
	/** The release that a person wants must be the one that was asked for at this instant. */
	readonly wantedAtEpochMs?: number;
	/** No release may be wanted that was asked for at this instant or later; at 0, none at all. */
	readonly wantedBeforeEpochMs?: number;
	/** No release may have been asked for at this instant or later, whatever has become of it. */
	readonly lastWantedBeforeEpochMs?: number;
}

/** Attributes that can leave the record. The others are always there. */
export type OptionalAttribute = {
	[K in keyof Writable]-?: undefined extends Writable[K] ? K : never;
}[keyof Writable];

/**
 * One conditional write, as data: the store applies it as a whole or not at all.
 * The domain makes these; the store neither adds to them nor decides.
 */
export interface Transition {
	readonly condition: Condition;
	readonly set: Partial<Writable>;
	/** Written only where the attribute is absent, as for the time of first exposure. */
	readonly setIfAbsent?: Partial<Writable>;
	readonly remove?: readonly OptionalAttribute[];
}

/** Whether a state satisfies a condition: what DynamoDB evaluates, said once for tests and fakes. */
export const satisfies = (state: ServiceState, condition: Condition): boolean =>
	(condition.epoch === undefined || state.epoch === condition.epoch) &&
	(condition.phaseIn === undefined || condition.phaseIn.includes(state.phase)) &&
	(condition.rolloutId === undefined || state.rolloutId === condition.rolloutId) &&
	(condition.pauseToken === undefined || (state.pause?.token ?? null) === condition.pauseToken) &&
	(condition.pauseAnswers === undefined || (state.pause?.answers?.length ?? 0) === condition.pauseAnswers) &&
	(condition.isQuestionOpen === undefined || (state.pause !== undefined && state.pause.answeredBy === undefined)) &&
	(condition.deeds === undefined || (state.deeds?.length ?? 0) === condition.deeds) &&
	(condition.wishId === undefined || (state.wish?.id ?? null) === condition.wishId) &&
	(condition.isWishOpen === undefined || (state.wish !== undefined && state.wish.isOver !== true)) &&
	(condition.weightAtMostPercent === undefined || state.weightPercent <= condition.weightAtMostPercent) &&
	(condition.wantedAtEpochMs === undefined || state.wanted?.atEpochMs === condition.wantedAtEpochMs) &&
	(condition.wantedBeforeEpochMs === undefined ||
		(state.wanted?.atEpochMs ?? Number.NEGATIVE_INFINITY) < condition.wantedBeforeEpochMs) &&
	(condition.lastWantedBeforeEpochMs === undefined ||
		(state.lastWantedAtEpochMs ?? Number.NEGATIVE_INFINITY) < condition.lastWantedBeforeEpochMs) &&
	(condition.askedBeforeEpochMs === undefined || (state.askedAtEpochMs ?? 0) < condition.askedBeforeEpochMs);

/** The state after a transition whose condition holds. */
export const applied = (state: ServiceState, transition: Transition): ServiceState => {
	const next: Record<string, unknown> = { ...state, ...transition.set };
	for (const [key, value] of Object.entries(transition.setIfAbsent ?? {})) next[key] ??= value;
	for (const key of transition.remove ?? []) delete next[key];
	// Only attributes of the state were set, and only optional ones removed: their types say so, the record in between cannot.
	return next as unknown as ServiceState;
};
