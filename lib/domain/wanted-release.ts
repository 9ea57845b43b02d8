import { wishMakingRoom } from "./admission.ts";
import { triedWith } from "./content-change.ts";
import type { GateState } from "./gates.ts";
import { instantText } from "./instant-text.ts";
import { isSameRelease, type Release } from "./release.ts";
import { releaseText } from "./release-text.ts";
import { type LastRollout, revertiblePhases, type ServiceState, type WantedRelease } from "./service-state.ts";
import { someNames } from "./some-names.ts";
import type { Transition } from "./transition.ts";

/** A command that arrives later than this after it was sent has been overtaken: people have decided anew since. */
const freshSeconds = 300;

/** Digits of an id or a digest that name a release at least. */
const leastDigits = 4;

/** What a command for a release means: what is recorded of it, and what that leads to. */
export type WantedDecision =
	/** Record it, unless it is on record; what follows is admission's to decide, now or at the end of what is under way. */
	| { readonly kind: "want"; readonly transition: Transition | null; readonly becomes: string }
	/** What serves is what was asked for: what waits is given up, and the rollout under way goes back, if there is one. */
	| {
			readonly kind: "give-up";
			readonly goesBack: { readonly rolloutId: string; readonly explanation: string } | null;
			/** They count as admitted from now on, so that none of them begins by itself. */
			readonly givesUp: readonly Release[];
			readonly transition: Transition;
			readonly becomes: string;
	  }
	/** An earlier delivery of this command has done it. */
	| { readonly kind: "obeyed"; readonly reason: string }
	| { readonly kind: "refuse"; readonly reason: string };

const refuse = (reason: string): WantedDecision => ({ kind: "refuse", reason });

/** Whether a command for a release may do what it asks, and how (D10). From any state one command brings a release back. */
export const decideWanted = (
	state: ServiceState,
	wish: WantedRelease,
	nowEpochMs: number,
	gate: GateState,
): WantedDecision => {
	const { release, atEpochMs } = wish;
	const { rolloutId, phase, wanted, stableRelease, lastWantedAtEpochMs = 0 } = state;
	const isUnderWay = phase !== "idle" && isSameRelease(state.release, release);
	// Events carry whole seconds: what began in the second of the command may have begun because of it.
	const second = Math.floor(atEpochMs / 1000) * 1000;
	if (isUnderWay && state.askedBy === wish.by && (state.startedAtEpochMs ?? 0) >= second)
		return { kind: "obeyed", reason: `${rolloutId} began because of it` };
	// An earlier delivery recorded it, and may have died there; being on record, it goes on however old it is.
	if (wanted !== undefined && isSameWish(wanted, wish))
		return { kind: "want", becomes: becomesOf(state, wish, gate), transition: null };
	if (nowEpochMs - atEpochMs > freshSeconds * 1000) {
		const age = Math.round((nowEpochMs - atEpochMs) / 1000);
		return refuse(
			`the command is ${age} s old; allowed are ${freshSeconds} s, because people may have decided anew since`,
		);
	}
	if (isUnderWay && phase !== "rolling-back")
		return refuse(`release ${release.id} is ${inPhase[phase]} (${rolloutId})`);
	if (wanted !== undefined && wanted.atEpochMs > atEpochMs)
		return refuse(`${wanted.by} has asked for release ${wanted.release.id} since`);
	if (lastWantedAtEpochMs > atEpochMs)
		return refuse(`a release was asked for since, at ${instantText(lastWantedAtEpochMs)}`);
	if (isSameRelease(stableRelease, release) && phase !== "closing") return wantStable(state, wish);
	return {
		kind: "want",
		becomes: becomesOf(state, wish, gate),
		transition: record(state, { wanted: wish }, wish),
	};
};

const isSameWish = (a: WantedRelease, b: WantedRelease): boolean =>
	a.by === b.by && a.atEpochMs === b.atEpochMs && a.override === b.override && isSameRelease(a.release, b.release);

const inPhase = {
	idle: "idle",
	preparing: "being rolled out",
	trial: "being rolled out",
	window: "in its window: it serves everybody",
	closing: "becoming the stable one",
	"rolling-back": "going back",
} as const;

const record = (state: ServiceState, set: Transition["set"], { atEpochMs }: WantedRelease): Transition => ({
	// A delivery that is repeated finds its own wish there, and lands once more.
	condition: {
		epoch: state.epoch,
		phaseIn: [state.phase],
		wantedBeforeEpochMs: atEpochMs + 1,
		// What was asked for later may have begun or ended since, and left no wish.
		lastWantedBeforeEpochMs: atEpochMs + 1,
	},
	set: { ...set, lastWantedAtEpochMs: atEpochMs },
});

/** What serves is asked for: whatever else was wanted is given up, and what is under way goes back. */
const wantStable = (state: ServiceState, wish: WantedRelease): WantedDecision => {
	const { phase, rolloutId, wanted, held, stableRelease } = state;
	// What is queued when this very command is delivered again was pushed after it.
	const next = state.lastWantedAtEpochMs === wish.atEpochMs ? undefined : state.next;
	const waiting = [wanted?.release, next, held?.release].filter((release) => release !== undefined);
	const goesBack =
		rolloutId !== undefined && revertiblePhases.includes(phase)
			? { rolloutId, explanation: `${wish.by} asked for release ${stableRelease.id}, which serves.` }
			: null;
	if (goesBack === null && waiting.length === 0) {
		if (state.lastWantedAtEpochMs === wish.atEpochMs)
			return { kind: "obeyed", reason: "it serves, and what waited was given up" };
		return refuse(
			phase === "idle"
				? `release ${stableRelease.id} already serves`
				: `release ${stableRelease.id} serves: ${rolloutId} is going back to it`,
		);
	}
	return {
		kind: "give-up",
		goesBack,
		givesUp: waiting.filter(
			({ imageDigest }, index) => waiting.findIndex((other) => other.imageDigest === imageDigest) === index,
		),
		transition: {
			...record(state, triedAfter(state, [held?.release, next]), wish),
			remove: ["wanted", "held", ...(next === undefined ? [] : (["next"] as const))],
		},
		becomes: `${goesBack === null ? "it serves" : `${goesBack.rolloutId} goes back to it`}${givenUpText(waiting)}`,
	};
};

const givenUpText = (waiting: readonly Release[]): string =>
	waiting.length === 0 ? "" : `; what waited is given up: ${someNames([...new Set(waiting.map(releaseText))])}`;

/** The content of what is held or queued is live: without this it would go out with the image that serves. */
const triedAfter = (
	state: ServiceState,
	waiting: readonly (Release | undefined)[],
): Pick<ServiceState, "triedContents"> => {
	const { triedContents, stableRelease } = state;
	let tried: Pick<ServiceState, "triedContents"> = triedContents === undefined ? {} : { triedContents };
	for (const release of waiting) {
		const contentHash = release?.contentHash;
		if (contentHash !== undefined && contentHash !== stableRelease.contentHash)
			tried = { triedContents: triedWith(tried, contentHash) };
	}
	return tried.triedContents === triedContents ? {} : tried;
};

const becomesOf = (state: ServiceState, wish: WantedRelease, gate: GateState): string => {
	const { phase, rolloutId } = state;
	if (phase === "idle" && rolloutId === undefined) return "it begins as soon as gates are open";
	if (wishMakingRoom({ ...state, wanted: wish }, gate) !== null) return `${rolloutId} goes back and makes room for it`;
	return revertiblePhases.includes(phase) && gate.kind === "closed"
		? `${rolloutId} goes on, because it could not begin: ${gate.reason}`
		: `it begins when ${rolloutId} has ended`;
};

/** Which release a person means. */
export type Meant =
	| { readonly kind: "known"; readonly release: Release }
	/** Nobody here knows it, but the registry may hold that image. */
	| { readonly kind: "digest"; readonly imageDigest: string }
	| { readonly kind: "refuse"; readonly reason: string };

/** The release that `retry` means: the last one that was not promoted, or the one that is going back just now. */
export const releaseToRetry = (state: ServiceState): Meant => {
	if (state.phase === "rolling-back" && state.release !== undefined) return { kind: "known", release: state.release };
	const { last } = state;
	if (last === undefined) return { kind: "refuse", reason: "no rollout of this service has ended yet" };
	return ofLast(last);
};

const ofLast = ({ rolloutId, outcome, release }: LastRollout): Meant =>
	outcome === "promoted"
		? { kind: "refuse", reason: `the last rollout, ${rolloutId}, was promoted; name a release instead` }
		: { kind: "known", release };

/** The release of a rollout that a person names, to be tried again; null where the record does not speak of that one. */
export const releaseToRetryOf = (state: ServiceState, rolloutId: string): Meant | null => {
	const { phase, release, last } = state;
	if (rolloutId === state.rolloutId)
		return phase === "rolling-back" && release !== undefined
			? { kind: "known", release }
			: { kind: "refuse", reason: `rollout ${rolloutId} is under way` };
	return rolloutId === last?.rolloutId ? ofLast(last) : null;
};

/** Every release that the record speaks of, what serves first. */
export const releasesOnRecord = (state: ServiceState): readonly Release[] =>
	[
		state.stableRelease,
		state.release,
		state.next,
		state.held?.release,
		state.wanted?.release,
		state.last?.release,
	].filter((release) => release !== undefined);

/**
 * The release that a person names by its id or its digest, or by the beginning of either.
 * @param known - in the order of precedence: of several with one image, the first is meant.
 */
export const releaseNamed = (
	{ id, digest }: { readonly id?: string | undefined; readonly digest?: string | undefined },
	known: readonly Release[],
): Meant => {
	const hex = (digest ?? "").replace(/^sha256:/, "");
	const name = id ?? hex;
	if (name.length < leastDigits)
		return {
			kind: "refuse",
			reason: `"${id ?? digest ?? ""}" names no release; allowed are ${leastDigits} digits or more`,
		};
	const isMeant = (release: Release): boolean =>
		(id === undefined || release.id.startsWith(id)) &&
		(digest === undefined || release.imageDigest.startsWith(`sha256:${hex}`));
	const meant = new Map<string, Release>();
	for (const release of known.filter(isMeant)) {
		const key = id === undefined ? release.imageDigest : release.id;
		if (!meant.has(key)) meant.set(key, release);
	}
	const [first, ...others] = meant.values();
	if (first !== undefined && others.length === 0) return { kind: "known", release: first };
	if (first !== undefined)
		return { kind: "refuse", reason: `"${name}" names several releases: ${namesOf([first, ...others])}` };
	if (id === undefined && /^[0-9a-f]{64}$/.test(hex)) return { kind: "digest", imageDigest: `sha256:${hex}` };
	return { kind: "refuse", reason: `no release is called "${name}"; there are ${namesOf(known)}` };
};

const namesOf = (releases: readonly Release[]): string => someNames([...new Set(releases.map(({ id }) => id))]);
