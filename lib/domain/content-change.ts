import { type Release, releaseOf } from "./release.ts";
import type { ServiceState } from "./service-state.ts";
import type { Transition } from "./transition.ts";

/** So many contents are remembered between two promotions; whoever changes more often brings an old one back. */
const mostTried = 20;

/**
 * Whether what is live now is a change that nobody has dealt with: neither what serves, nor what is on trial, nor what
 * was live when an earlier rollout began. A release that was rolled back leaves its content behind, live and untouched:
 * with another image it must not come back by itself either.
 */
export const isNewContent = (state: ServiceState, contentHash: string): boolean => {
	const { stableRelease, release, triedContents } = state;
	// What was released without its content is not known to differ: the first look only remembers (see `firstLook`).
	const isKnown = stableRelease.contentHash !== undefined || triedContents !== undefined;
	return (
		isKnown &&
		stableRelease.contentHash !== contentHash &&
		release?.contentHash !== contentHash &&
		triedContents?.includes(contentHash) !== true
	);
};

/** What a rollout leaves on record of the content that is live as it begins, whatever content it rolls out. */
export const triedWith = (state: Pick<ServiceState, "triedContents">, liveContentHash: string): readonly string[] =>
	[...(state.triedContents ?? []).filter((tried) => tried !== liveContentHash), liveContentHash].slice(-mostTried);

/** What a promotion leaves of that: the newest, which is live still or was changed on purpose since. */
export const triedAfterPromotion = ({ triedContents }: ServiceState): Pick<ServiceState, "triedContents"> =>
	triedContents === undefined ? {} : { triedContents: triedContents.slice(-1) };

/**
 * Remembers the content that is live at the first look at a service that was released without: no reason to roll
 * anything out. Null where that has been done, or was not needed.
 */
export const firstLook = (state: ServiceState, liveContentHash: string): Transition | null =>
	state.phase === "idle" && state.stableRelease.contentHash === undefined && state.triedContents === undefined
		? { condition: { epoch: state.epoch, phaseIn: ["idle"] }, set: { triedContents: [liveContentHash] } }
		: null;

/** The same image with other content. */
export const withContent = ({ imageDigest, tag }: Release, contentHash: string): Release =>
	releaseOf(imageDigest, tag, contentHash);

/**
 * Whether a release is the image of the one before it with other content. Whoever pushed that image has asked for nothing
 * of this, and nobody knows who has.
 */
export const isChangeOfContent = ({ imageDigest }: Release, before: Release): boolean =>
	imageDigest === before.imageDigest;

/** What the registry's newest image and the content that is live now are together. */
export interface LiveRelease {
	readonly release: Release;
	/** `image`: another image; `content`: another content for the image that serves or is on trial; `known`: neither. */
	readonly change: "image" | "content" | "known";
}

/** What a change of content goes out with: what is on trial, unless that is going back, else what serves. */
const goingOn = ({ phase, release, stableRelease }: ServiceState): Release =>
	phase === "idle" || phase === "rolling-back" || release === undefined ? stableRelease : release;

/** Whether an image is neither what serves nor on trial, so that it has to be asked whether it was admitted before. */
export const isOtherImage = (state: ServiceState, newest: Release): boolean =>
	newest.imageDigest !== state.stableRelease.imageDigest && newest.imageDigest !== goingOn(state).imageDigest;

/**
 * The release that may be rolled out by itself now. An image is admitted by itself once, and then goes out with the
 * content that is live; a change of content goes out once with the image that serves, or with the one on trial. So what
 * is live beside an image that was rolled back reaches the image that serves, and not the other way round.
 * @param wasAdmitted - of an image that `isOtherImage`: whether it was admitted before.
 */
export const liveReleaseOf = (
	state: ServiceState,
	newest: Release,
	contentHash: string,
	wasAdmitted: boolean,
): LiveRelease => {
	const release = withContent(newest, contentHash);
	const isOther = isOtherImage(state, newest);
	if (isOther && !wasAdmitted) return { release, change: "image" };
	const present = goingOn(state);
	if (isNewContent(state, contentHash)) return { release: withContent(present, contentHash), change: "content" };
	return { release: isOther ? release : present, change: "known" };
};
