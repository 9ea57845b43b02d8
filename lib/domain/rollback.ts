import { parseRolloutId } from "./rollout-id.ts";
import {
	type Phase,
	type RollbackCause,
	type RollbackRecord,
	revertiblePhases,
	type ServiceState,
} from "./service-state.ts";
import type { SlotName, SlotWeights } from "./slot.ts";
import type { Transition } from "./transition.ts";

/**
 * Phases that a rollback can begin from. A service that is idle names no rollout; where the record is idle and names one
 * all the same, somebody has edited it, and the canary may still serve.
 */
const beginnablePhases: readonly Phase[] = [...revertiblePhases, "idle"];

/**
 * Takes the right to write from everyone who works for this rollout, and records why (D4).
 * Needs no state to be read first: the rollout id carries the epoch, and names one rollout only, whatever else is on record.
 */
export const beginRollback = (
	rolloutId: string,
	cause: RollbackCause,
	executionArn: string,
	nowEpochMs: number,
): Transition => {
	const { epoch } = parseRolloutId(rolloutId);
	return {
		condition: { rolloutId, phaseIn: beginnablePhases },
		set: {
			phase: "rolling-back",
			epoch: epoch + 1,
			rollback: {
				kind: cause.kind,
				explanation: cause.explanation,
				triggeredAtEpochMs: cause.triggeredAtEpochMs,
				...(cause.by !== undefined && { by: cause.by }),
				executionArn,
				beganAtEpochMs: nowEpochMs,
			},
		},
		remove: ["pause"],
	};
};

/** What a request to roll back finds when it could not begin. */
export type RollbackContinuation =
	/** Under way, and this execution owns its end (again). */
	| { readonly kind: "own"; readonly rollback: RollbackRecord }
	/** Under way and owned by another execution: see traffic gone, then leave the end to the owner. */
	| { readonly kind: "join"; readonly rollback: RollbackRecord }
	| { readonly kind: "over"; readonly reason: string }
	| { readonly kind: "page"; readonly reason: string };

/** What a refused `beginRollback` means, read off the state that refused it. */
export const continueRollback = (
	state: ServiceState,
	rolloutId: string,
	executionArn: string,
): RollbackContinuation => {
	if (state.rolloutId !== rolloutId) return { kind: "over", reason: `rollout ${rolloutId} has ended` };
	if (state.phase === "closing") {
		return { kind: "page", reason: `rollout ${rolloutId} is closing: undo is a new rollout now` };
	}
	if (state.phase !== "rolling-back" || state.rollback === undefined) {
		return { kind: "over", reason: `rollout ${rolloutId} is ${state.phase}` };
	}
	return { kind: state.rollback.executionArn === executionArn ? "own" : "join", rollback: state.rollback };
};

/** Hands the end of a rollback to another execution, after its owner was found dead. */
export const takeOverRollback = (state: ServiceState, rollback: RollbackRecord, executionArn: string): Transition => ({
	condition: { epoch: state.epoch, phaseIn: ["rolling-back"] },
	set: { rollback: { ...rollback, executionArn } },
});

/** Adds to the record of a rollback what was measured since. */
export const recordRollback = (
	state: ServiceState,
	measured: Partial<Pick<RollbackRecord, "zeroConfirmedAtEpochMs" | "zeroObservedAtEpochMs" | "touched">>,
): Transition | null =>
	state.rollback === undefined
		? null
		: {
				condition: { epoch: state.epoch, phaseIn: ["rolling-back"] },
				set: { rollback: { ...state.rollback, ...measured } },
			};

interface ZeroReading {
	readonly base: SlotWeights | null;
	readonly trial: object | null;
	readonly preview?: object;
	readonly isPending?: true;
}

/** Zero is configured: no trial is open, for testers neither, and the base gives the stable slot everything. */
export const isZeroConfigured = ({ base, trial, preview }: ZeroReading, stableSlot: SlotName): boolean =>
	trial === null && preview === undefined && base?.[stableSlot] === 100;

/** Zero confirmed: configured, and whoever programs the data plane has seen it, where somebody keeps such an account. */
export const isZeroConfirmed = (reading: ZeroReading, stableSlot: SlotName): boolean =>
	isZeroConfigured(reading, stableSlot) && reading.isPending !== true;
