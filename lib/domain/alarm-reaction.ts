import type { ServiceState } from "./service-state.ts";

/** An alarm that was red before exposure counts again after this long in OK (D9). */
export const rearmSeconds = 300;

/** An alarm turning red, as CloudWatch reports it. */
export interface RedTurn {
	readonly alarmName: string;
	readonly turnedRedAtEpochMs: number;
	/** Since when it had been OK before; null where the state before was not OK or is not known. */
	readonly okSinceEpochMs: number | null;
}

export type AlarmReaction =
	| { readonly kind: "roll-back"; readonly rolloutId: string }
	/** Already going back: make sure traffic has gone, the first caller may have died. */
	| { readonly kind: "join"; readonly rolloutId: string }
	| { readonly kind: "ignore"; readonly reason: string }
	/** Closing has begun and cannot be undone by a rollback: a person must know. */
	| { readonly kind: "page"; readonly reason: string };

const isRearmed = (turn: RedTurn): boolean =>
	turn.okSinceEpochMs !== null && turn.turnedRedAtEpochMs - turn.okSinceEpochMs >= rearmSeconds * 1000;

/**
 * What an alarm does to a service (D9): it rolls back in trial or window only, only if it turned red after the first
 * exposure, and only if it was not red before it, unless it has recovered for five minutes since.
 */
export const reactToAlarm = (state: ServiceState, turn: RedTurn): AlarmReaction => {
	const rolloutId = state.rolloutId ?? "";
	switch (state.phase) {
		case "idle":
			// A service that is idle names no rollout: somebody has edited the record, and the canary may still serve.
			return state.rolloutId === undefined || state.trialRuleArn === undefined
				? { kind: "ignore", reason: "nothing is being rolled out" }
				: whileExposed(state, rolloutId, turn);
		case "preparing":
			return { kind: "ignore", reason: "the canary has not been exposed yet; exposure will wait for the alarm" };
		case "rolling-back":
			return { kind: "join", rolloutId };
		case "closing":
			return { kind: "page", reason: `alarm ${turn.alarmName} turned red while closing: undo is a new rollout now` };
		case "trial":
		case "window":
			return whileExposed(state, rolloutId, turn);
	}
};

const whileExposed = (state: ServiceState, rolloutId: string, turn: RedTurn): AlarmReaction => {
	if (state.exposedAtEpochMs === undefined || turn.turnedRedAtEpochMs < state.exposedAtEpochMs) {
		return { kind: "ignore", reason: "it turned red before the canary was first exposed" };
	}
	if (state.redAlarms[turn.alarmName] !== undefined && !isRearmed(turn)) {
		return {
			kind: "ignore",
			reason: `it was red before the first exposure and has not been OK for ${rearmSeconds} s since`,
		};
	}
	return { kind: "roll-back", rolloutId };
};
