import { isSameRelease, type Release } from "./release.ts";
import { rolloutIdOf } from "./rollout-id.ts";
import type { ServiceState } from "./service-state.ts";
import type { Transition } from "./transition.ts";

/** A push older than this was not missed a moment ago: somebody has removed what was newer, or enrolled the service since. */
const missedPushSeconds = 86_400;

/** Whether an image found without an event can be one whose event was lost; an older one is rolled out by command only. */
export const isMissedPush = (pushedAtEpochMs: number, nowEpochMs: number): boolean =>
	nowEpochMs - pushedAtEpochMs <= missedPushSeconds * 1000;

/** What the registry's newest release means for a service right now. */
export type Admission =
	/** Acquire the service and begin. Automatic admission happens once ever per release (D10). */
	| { readonly kind: "start"; readonly rolloutId: string; readonly transition: Transition }
	/** Acquired before, but the start was never acknowledged. */
	| { readonly kind: "start-execution"; readonly rolloutId: string }
	| { readonly kind: "queue"; readonly transition: Transition; readonly superseded: Release | null }
	| { readonly kind: "ignore"; readonly reason: string };

const acquire = (state: ServiceState, release: Release, definitionHash: string, nowEpochMs: number): Admission => {
	const epoch = state.epoch + 1;
	const rolloutId = rolloutIdOf(state.service, epoch);
	return {
		kind: "start",
		rolloutId,
		transition: {
			condition: { epoch: state.epoch, phaseIn: ["idle"] },
			set: {
				epoch,
				phase: "preparing",
				rolloutId,
				release,
				definitionHash,
				startedAtEpochMs: nowEpochMs,
				weightPercent: 0,
				redAlarms: {},
				executionStarted: false,
			},
			remove: ["next"],
		},
	};
};

/**
 * Decides on the newest release of the registry; a push is only the occasion to look.
 * One release waits at most, the newest; a replaced one ends superseded.
 */
export const decideAdmission = (
	state: ServiceState,
	release: Release,
	definitionHash: string,
	nowEpochMs: number,
): Admission => {
	if (state.phase !== "idle" && isSameRelease(state.release, release)) {
		return !state.executionStarted && state.phase === "preparing" && state.rolloutId !== undefined
			? { kind: "start-execution", rolloutId: state.rolloutId }
			: { kind: "ignore", reason: "it is the release on trial" };
	}
	if (state.phase === "idle") {
		return isSameRelease(state.stableRelease, release)
			? { kind: "ignore", reason: "it already serves" }
			: acquire(state, release, definitionHash, nowEpochMs);
	}
	if (isSameRelease(state.next, release)) return { kind: "ignore", reason: "it already waits" };
	return {
		kind: "queue",
		superseded: state.next ?? null,
		transition: {
			condition: { epoch: state.epoch, phaseIn: [state.phase] },
			set: { next: release },
		},
	};
};

/** Records that the execution runs; from then on a missing execution means it was lost. */
export const acknowledgeStart = (rolloutId: string, epoch: number): Transition => ({
	condition: { rolloutId, epoch },
	set: { executionStarted: true },
});
