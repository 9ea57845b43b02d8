import { triedWith } from "./content-change.ts";
import type { Deed } from "./deed.ts";
import type { ClosedGate, GateState } from "./gates.ts";
import { isSameRelease, type Release } from "./release.ts";
import { rolloutIdOf } from "./rollout-id.ts";
import type { OnNewPush } from "./service-definition.ts";
import { type HeldRelease, revertiblePhases, type ServiceState, type WantedRelease } from "./service-state.ts";
import type { OptionalAttribute, Transition } from "./transition.ts";

/** A push older than this was not missed a moment ago: somebody has removed what was newer, or enrolled the service since. */
const missedPushSeconds = 86_400;

/**
 * Whether an image found without an event can be one whose event was lost; an older one is rolled out by command only,
 * unless the record has known of it since: held back by a gate, or queued behind a rollout that took longer than that.
 */
export const isMissedPush = (pushedAtEpochMs: number, nowEpochMs: number): boolean =>
	nowEpochMs - pushedAtEpochMs <= missedPushSeconds * 1000;

/** A release that may begin now, and who says so. */
export interface Offer {
	readonly release: Release;
	/** A person's word, or another configuration: that its image was admitted before does not stop it. */
	readonly again?: boolean;
	/** Who commanded it; who pushed it, if anybody knows, is found out after it was admitted. */
	readonly askedBy?: string;
	/** How they commanded it, where that is on record. */
	readonly deed?: Deed;
	/** When the registry got it. */
	readonly pushedAtEpochMs?: number;
}

/** What an admission depends on besides the record and the release. */
export interface AdmissionTerms {
	readonly definitionHash: string;
	readonly nowEpochMs: number;
	readonly gate: GateState;
	/** Hash of the content that is live now; absent where nobody could say. */
	readonly liveContentHash?: string;
	/** Of the definition that the rollout under way has pinned. */
	readonly onNewPush: OnNewPush;
}

/** What a release means for a service right now. */
export type Admission =
	/** Acquire the service and begin. Automatic admission happens once ever per image (D10). */
	| {
			readonly kind: "start";
			readonly rolloutId: string;
			readonly transition: Transition;
			readonly offer: Offer;
			/** What was queued, where this goes out in its place. */
			readonly superseded: Release | null;
	  }
	/** Acquired before, but the start was never acknowledged. */
	| { readonly kind: "start-execution"; readonly rolloutId: string }
	| { readonly kind: "queue"; readonly transition: Transition; readonly superseded: Release | null }
	/** Take the rollout under way back, so that what is recorded (`transition`, unless it is already) may begin. */
	| {
			readonly kind: "supersede";
			readonly rolloutId: string;
			readonly explanation: string;
			readonly transition: Transition | null;
			readonly superseded: Release | null;
	  }
	| Hold
	/** Nothing is to be rolled out any more that the record still speaks of. */
	| { readonly kind: "forget"; readonly transition: Transition; readonly reason: string }
	| { readonly kind: "ignore"; readonly reason: string };

/** A gate is closed. It is recorded, and said, once for each gate. */
export interface Hold {
	readonly kind: "hold";
	readonly transition: Transition;
	readonly held: HeldRelease;
	readonly superseded: Release | null;
}

const ignore = (reason: string): Admission => ({ kind: "ignore", reason });

const nameOf = ({ id, tag }: Release): string => (tag === undefined ? id : `${id} (${tag})`);

/**
 * Decides on the newest release of the registry, or on what a person wants, which goes first. A push is only the occasion
 * to look. One release waits at most, the newest; a replaced one ends superseded.
 * @param newest - null where the registry has nothing to offer.
 */
export const decideAdmission = (state: ServiceState, newest: Offer | null, terms: AdmissionTerms): Admission => {
	if (state.phase !== "idle") return decideWhileBusy(state, newest, terms);
	const { wanted, rolloutId } = state;
	// Somebody has edited the record: a rollout that ended leaves no name there, and this one's canary may still serve.
	if (rolloutId !== undefined) return ignore(`the record is idle, and ${rolloutId} has not ended`);
	if (wanted !== undefined) {
		const { release, by, override = false, verb, atEpochMs } = wanted;
		if (isSameRelease(state.stableRelease, release))
			return forget(state, ["wanted", "held"], "what was asked for serves");
		const deed: Deed | null = verb === undefined ? null : { verb, by, atEpochMs, ...(override && { override }) };
		const offer = { release, again: true, askedBy: by, ...(deed !== null && { deed }) };
		return override ? acquire(state, offer, terms) : throughGates(state, offer, terms);
	}
	if (newest === null || isSameRelease(state.stableRelease, newest.release)) {
		const gone = (["held", "next"] as const).filter((waiting) => state[waiting] !== undefined);
		if (gone.length > 0) return forget(state, gone, "what was held or queued is no longer the newest release");
		return ignore(newest === null ? "there is no release" : "it already serves");
	}
	return throughGates(state, newest, terms);
};

/** What is queued on an idle record goes no further: its image was admitted before, or is not the newest any more. */
export const forgetQueued = (state: ServiceState): Transition | null =>
	state.phase === "idle" && state.next !== undefined && state.wanted === undefined
		? { condition: { epoch: state.epoch, phaseIn: ["idle"], ...sameWish(state) }, set: {}, remove: ["next"] }
		: null;

/** What was queued and never begun, where another image goes before it by itself. Content alone is queued with an old one. */
const passedOver = ({ next, wanted, stableRelease, last }: ServiceState, { imageDigest }: Release): Release | null => {
	const begun = [imageDigest, stableRelease.imageDigest, last?.release.imageDigest];
	return next === undefined || wanted !== undefined || begun.includes(next.imageDigest) ? null : next;
};

const forget = (state: ServiceState, remove: readonly OptionalAttribute[], reason: string): Admission => ({
	kind: "forget",
	reason,
	transition: { condition: { epoch: state.epoch, phaseIn: [state.phase], ...sameWish(state) }, set: {}, remove },
});

/** A wish that was recorded since must neither be taken for the one that was read nor be passed by. */
const sameWish = ({ wanted }: ServiceState) =>
	wanted === undefined ? { wantedBeforeEpochMs: 0 } : { wantedAtEpochMs: wanted.atEpochMs };

const askedNothingSince = ({ lastWantedAtEpochMs = 0 }: ServiceState) =>
	({ lastWantedBeforeEpochMs: lastWantedAtEpochMs + 1 }) as const;

const throughGates = (state: ServiceState, offer: Offer, terms: AdmissionTerms): Admission =>
	terms.gate.kind === "closed"
		? hold(state, offer.release, terms.gate, terms.nowEpochMs)
		: acquire(state, offer, terms);

/** What becomes of a release that a gate keeps from beginning; nothing new where that is on record. */
export const hold = (state: ServiceState, release: Release, closed: ClosedGate, nowEpochMs: number): Admission => {
	const { held: before } = state;
	const isSame = before !== undefined && isSameRelease(before.release, release);
	if (isSame && before.gate === closed.gate && before.opensAtEpochMs === closed.opensAtEpochMs)
		return ignore(`held: ${closed.reason}`);
	const { gate, reason, opensAtEpochMs } = closed;
	const held: HeldRelease = {
		release,
		gate,
		reason,
		sinceEpochMs: isSame ? before.sinceEpochMs : nowEpochMs,
		...(opensAtEpochMs !== undefined && { opensAtEpochMs }),
	};
	return {
		kind: "hold",
		held,
		superseded: before === undefined || isSame ? passedOver(state, release) : before.release,
		transition: {
			// What a person has given up since must not be held anew.
			condition: {
				epoch: state.epoch,
				phaseIn: ["idle"],
				...askedNothingSince(state),
			},
			set: { held },
			// From now on it is held, and no longer queued; a person's wish leaves what was queued before it where it is.
			...(state.next !== undefined && state.wanted === undefined && { remove: ["next"] as const }),
		},
	};
};

const acquire = (state: ServiceState, offer: Offer, terms: AdmissionTerms): Admission => {
	const { definitionHash, nowEpochMs, liveContentHash } = terms;
	const epoch = state.epoch + 1;
	const rolloutId = rolloutIdOf(state.service, epoch);
	const { release, askedBy, deed, pushedAtEpochMs } = offer;
	return {
		kind: "start",
		rolloutId,
		offer,
		superseded: passedOver(state, release),
		transition: {
			condition: { epoch: state.epoch, phaseIn: ["idle"], ...sameWish(state) },
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
				...(askedBy !== undefined && { askedBy }),
				...(deed !== undefined && { deeds: [deed] }),
				...(pushedAtEpochMs !== undefined && { pushedAtEpochMs }),
				...(liveContentHash !== undefined && { triedContents: triedWith(state, liveContentHash) }),
			},
			remove: ["next", "held", ...(state.wanted === undefined ? [] : (["wanted"] as const))],
		},
	};
};

/**
 * The wish for which the rollout under way goes back now. Nothing is taken back for a release that could not begin: one
 * that a gate would hold waits for the gate or for the end of what is under way, unless the person answers for it.
 */
export const wishMakingRoom = ({ phase, wanted }: ServiceState, gate: GateState): WantedRelease | null => {
	if (wanted === undefined || !revertiblePhases.includes(phase)) return null;
	return wanted.override === true || gate.kind === "open" ? wanted : null;
};

const decideWhileBusy = (state: ServiceState, newest: Offer | null, terms: AdmissionTerms): Admission => {
	const { rolloutId, wanted, phase } = state;
	const isRevertible = rolloutId !== undefined && revertiblePhases.includes(phase);
	const isUnstarted = !state.executionStarted && phase === "preparing" && rolloutId !== undefined;
	// It began for another reason in the same moment: it must not go back to make room for itself.
	if (wanted !== undefined && phase !== "rolling-back" && isSameRelease(state.release, wanted.release))
		return isUnstarted
			? { kind: "start-execution", rolloutId }
			: forget(state, ["wanted"], "what was asked for is under way");
	// Recorded by a command that may have died before it could start the rollback.
	const wish = wishMakingRoom(state, terms.gate);
	if (wish !== null && rolloutId !== undefined)
		return supersedeFor(rolloutId, `${wish.by} asked for release ${nameOf(wish.release)}.`);
	if (newest === null) return ignore("there is no release");
	const { release } = newest;
	if (isSameRelease(state.release, release))
		return isUnstarted ? { kind: "start-execution", rolloutId } : ignore("it is the release on trial");
	const isWaiting = isSameRelease(state.next, release);
	// In a window the canary serves everybody: it is seen through early rather than taken back. Other content for the image
	// on trial waits for that image: sent back, it would leave its content to go out without it.
	const isMakingRoom =
		terms.onNewPush === "supersede" &&
		isRevertible &&
		phase !== "window" &&
		terms.gate.kind === "open" &&
		release.imageDigest !== state.release?.imageDigest &&
		!isSameRelease(state.stableRelease, release);
	if (!isMakingRoom && isWaiting) return ignore("it already waits");
	const transition: Transition = {
		// What a person has given up since must not wait anew.
		condition: { epoch: state.epoch, phaseIn: [phase], ...askedNothingSince(state) },
		set: { next: release },
	};
	const superseded = isWaiting ? null : (state.next ?? null);
	return isMakingRoom
		? {
				...supersedeFor(rolloutId, `Release ${nameOf(release)} was pushed, and takes the place of this one.`),
				transition: isWaiting ? null : transition,
				superseded,
			}
		: { kind: "queue", superseded, transition };
};

const supersedeFor = (rolloutId: string, explanation: string) =>
	({ kind: "supersede", rolloutId, explanation, transition: null, superseded: null }) as const;

/** Records that the execution runs, and who pushed its release; from then on a missing execution means it was lost. */
export const acknowledgeStart = (rolloutId: string, epoch: number, pushedBy: string | null = null): Transition => ({
	condition: { rolloutId, epoch },
	set: { executionStarted: true },
	...(pushedBy !== null && { setIfAbsent: { askedBy: pushedBy } }),
});

/** Records who pushed the release on trial, where nobody is known to have asked for it. */
export const recordPusher = (rolloutId: string, by: string): Transition => ({
	condition: { rolloutId },
	set: {},
	setIfAbsent: { askedBy: by },
});
