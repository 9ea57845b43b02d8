import { triedAfterPromotion } from "./content-change.ts";
import { isSameRelease, type Release } from "./release.ts";
import { rolloutIdOf } from "./rollout-id.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import type { LastRollout, Outcome, ServiceState } from "./service-state.ts";
import { otherSlot } from "./slot.ts";
import type { OptionalAttribute, Transition } from "./transition.ts";
import { pauseWish, promotionWish } from "./wish.ts";

/** The point of no return: the epoch grows, so that no rollback of this rollout can begin any more. */
export const beginClosing = (rolloutEpoch: number, executionArn: string): Transition => ({
	condition: { epoch: rolloutEpoch, phaseIn: ["window"] },
	set: { phase: "closing", epoch: rolloutEpoch + 1, closingExecutionArn: executionArn },
});

/** Hands a closing to another execution, after the one that drove it was lost. */
export const takeOverClosing = (rolloutEpoch: number, executionArn: string): Transition => ({
	condition: { epoch: rolloutEpoch + 1, phaseIn: ["closing"] },
	set: { closingExecutionArn: executionArn },
});

/** Whether a newer release ends an open window early: everywhere but where it is to wait (D4). */
export const endsWindow = (onNewPush: ServiceDefinition["onNewPush"]): boolean => onNewPush !== "wait";

/** Whether a release waits that ends the window early. */
export const isCutShort = ({ next }: Pick<ServiceState, "next">, onNewPush: ServiceDefinition["onNewPush"]): boolean =>
	next !== undefined && endsWindow(onNewPush);

/** Whether the window may end: its time is over, a release waits that may cut it short (D4), or a person wants it to. */
export const mayClose = (
	state: ServiceState,
	onNewPush: ServiceDefinition["onNewPush"],
	nowEpochMs: number,
): boolean => {
	const isOver = state.windowEndsAtEpochMs !== undefined && nowEpochMs >= state.windowEndsAtEpochMs;
	if (pauseWish(state) !== undefined) return false;
	return isOver || promotionWish(state) !== undefined || isCutShort(state, onNewPush);
};

/** Whether roles have changed already, for a closing that is taken up again. */
export const hasChangedRoles = (state: ServiceState): boolean =>
	state.release !== undefined && isSameRelease(state.stableRelease, state.release);

/**
 * Changes roles: the canary's slot becomes the stable one. `stableEpoch` stays that of the old slot until the end,
 * because it is the fence of that slot's scale-down.
 */
export const changeRoles = (state: ServiceState, release: Release): Transition => ({
	condition: { epoch: state.epoch, phaseIn: ["closing"], ...(state.rolloutId ? { rolloutId: state.rolloutId } : {}) },
	set: { stableSlot: otherSlot(state.stableSlot), stableRelease: release, ...triedAfterPromotion(state) },
	setIfAbsent: { replaced: state.stableRelease },
	remove: ["trialRuleArn"],
});

const ofOneRollout: readonly OptionalAttribute[] = [
	"rolloutId",
	"release",
	"definitionHash",
	"startedAtEpochMs",
	"pushedAtEpochMs",
	"trialRuleArn",
	"exposedAtEpochMs",
	"shifts",
	"approvedPercent",
	"bakesSinceEpochMs",
	"pausedSeconds",
	"promotedAtEpochMs",
	"windowEndsAtEpochMs",
	"replaced",
	"closingExecutionArn",
	"pause",
	"askedAtEpochMs",
	"answeredAtEpochMs",
	"wish",
	"deeds",
	"rollback",
	"askedBy",
];

/**
 * How a rollout ends. The machine that ends it only knows which way traffic went; whether it went back for another
 * release's sake, the record does, and still does when the end is called for once more.
 */
export const outcomeIn = ({ rollback, last }: ServiceState, rolloutId: string, told: Outcome): Outcome => {
	if (last?.rolloutId === rolloutId) return last.outcome;
	if (told === "promoted" || rollback === undefined) return told;
	return rollback.kind === "superseded" ? "superseded" : "rolled-back";
};

/** What stays on record of the rollout that ends. */
export const lastOf = (
	{ rolloutId, release }: ServiceState,
	outcome: Outcome,
	endedAtEpochMs: number,
): LastRollout | undefined =>
	rolloutId === undefined || release === undefined ? undefined : { rolloutId, release, outcome, endedAtEpochMs };

/**
 * Returns the service to idle. Everything that belonged to the rollout leaves the record. A release that waits is
 * found again in the registry, so that the queue needs no hand-over; it stays on record until it begins, so that no look
 * takes it for one that nobody told of. What stays besides is how it ended, for `retry`.
 */
export const finish = (rolloutEpoch: number, service: string, outcome: Outcome, last?: LastRollout): Transition => ({
	condition: {
		epoch: rolloutEpoch + 1,
		rolloutId: rolloutIdOf(service, rolloutEpoch),
		phaseIn: [outcome === "promoted" ? "closing" : "rolling-back"],
	},
	set: {
		phase: "idle",
		weightPercent: 0,
		redAlarms: {},
		executionStarted: false,
		...(outcome === "promoted" ? { stableEpoch: rolloutEpoch } : {}),
		...(last === undefined ? {} : { last }),
	},
	remove: ofOneRollout,
});
