import { withoutStop } from "./as-sentence.ts";
import { endsWindow } from "./closing.ts";
import { type Deed, deedsOf, deedText } from "./deed.ts";
import { durationText } from "./duration-text.ts";
import type { Drift } from "./idle-drift.ts";
import { openQuestion } from "./pause.ts";
import { releaseText } from "./release-text.ts";
import { type LastRollout, type Phase, revertiblePhases, type ServiceState, type Wish } from "./service-state.ts";
import { sinceText } from "./since-text.ts";
import { otherSlot } from "./slot.ts";
import { someNames } from "./some-names.ts";
import type { StatusFacts } from "./status-facts.ts";
import { nextOf } from "./status-next.ts";
import { waitOf } from "./status-wait.ts";
import { testersOf } from "./testers-text.ts";
import { pauseWish, promotionWish } from "./wish.ts";

/** One service as an operator asks after it: each answer a sentence with values. */
export interface ServiceStatus {
	readonly service: string;
	readonly phase: Phase;
	/** Whether a person is asked something right now. */
	readonly isAsking: boolean;
	/** Whether somebody else has changed what this service left as it became idle. */
	readonly isDrifted: boolean;
	readonly rolloutId: string | null;
	readonly weightPercent: number;
	/** Who answers users. */
	readonly serves: string;
	/** What is on trial, at which weight and since when; null where nothing is. */
	readonly trial: string | null;
	/** Why it does not go on by itself this second; null where nothing is under way. */
	readonly waits: string | null;
	/** What happens then. */
	readonly next: string;
	/** What else is on record: what waits, is held back or wanted, and how the last rollout ended. */
	readonly besides: readonly string[];
}

/** Who answers users; by the record alone where somebody else's hand was found on what routes them. */
const servesOf = (state: ServiceState): string => {
	const text = recordedOf(state);
	return openQuestion(state)?.reason === "external-writer"
		? `By the record, ${withoutStop(text)}; the routing was found to differ.`
		: text;
};

const recordedOf = ({ phase, stableSlot, stableRelease, release, weightPercent, rollback }: ServiceState): string => {
	const stable = `${releaseText(stableRelease)} in slot ${stableSlot}`;
	const canary = release === undefined ? "" : `${releaseText(release)} in slot ${otherSlot(stableSlot)}`;
	switch (phase) {
		case "idle":
		case "preparing":
			return `${stable} serves everybody.`;
		case "trial":
			return weightPercent < 100
				? `${stable} serves ${100 - weightPercent} % of requests, ${canary} serves ${weightPercent} %.`
				: `${canary} serves everybody; ${stable} stays warm.`;
		case "window":
			return `${canary} serves everybody; ${stable} stays warm, so that a rollback is one call.`;
		case "closing":
			// Roles change while it closes.
			return stableRelease.id === release?.id
				? `${stable} serves everybody and is stable now.`
				: `${canary} serves everybody and is about to become stable.`;
		case "rolling-back":
			return rollback?.zeroConfirmedAtEpochMs === undefined && weightPercent > 0
				? `${stable} gets everybody back; ${canary} had ${weightPercent} % and may still get some.`
				: `${stable} serves everybody again.`;
	}
};

const trialOf = ({ state, nowEpochMs }: StatusFacts): string | null => {
	const { phase, rolloutId, release, weightPercent, startedAtEpochMs, shifts, promotedAtEpochMs } = state;
	if (rolloutId === undefined || release === undefined || phase === "idle") return null;
	const since = phase === "window" ? promotedAtEpochMs : (shifts?.at(-1)?.atEpochMs ?? startedAtEpochMs);
	const place = `${rolloutId}: ${releaseText(release)} at ${weightPercent} %`;
	if (phase === "closing" || phase === "rolling-back") return `${place} when it began ${gerundOf(phase)}.`;
	return since === undefined ? `${place}.` : `${place} ${sinceText(since, nowEpochMs)}.`;
};

const gerundOf = (phase: "closing" | "rolling-back"): string => (phase === "closing" ? "to close" : "to go back");

const besidesOf = ({ state, definition, nowEpochMs }: StatusFacts): readonly string[] => {
	const { next, wanted, last, redAlarms, askedBy, refused, phase, service } = state;
	const ago = (atEpochMs: number): string => `${durationText((nowEpochMs - atEpochMs) / 1000)} ago`;
	const red = Object.keys(redAlarms);
	const wish = pendingWish(state);
	const isWindowToCome = phase === "preparing" || phase === "trial" || phase === "window";
	const ending =
		isWindowToCome && definition !== null && endsWindow(definition.onNewPush)
			? `; it ends ${phase === "window" ? "this window at the next look" : "the window as soon as there is one"}`
			: "";
	const idle = wanted === undefined ? "is about to begin" : "comes after what is wanted";
	const done = deedsOf(state).map((deed) => `${deedText(deed)} ${ago(deed.atEpochMs)}`);
	const drift = driftOf(state);
	return [
		...(drift === undefined
			? []
			: [
					`Changed by somebody else, known ${sinceText(drift.sinceEpochMs, nowEpochMs)}: ${drift.found.map(({ text }) => text).join(" ")}`,
				]),
		...testersOf({ state, definition, nowEpochMs }),
		...(askedBy === undefined || deedsOf(state).some(isAsking) ? [] : [`Asked for by ${askedBy}.`]),
		...(done.length === 0 ? [] : [`By people: ${someTexts(done)}.`]),
		...(wish === undefined
			? []
			: [`${wish.by} asked ${ago(wish.atEpochMs)} to ${wish.verb}; it is heeded at the next look.`]),
		...(red.length === 0 ? [] : [`Red before the first exposure, so no reason to go back: ${someNames(red)}.`]),
		...(next === undefined
			? []
			: [`Queued: ${releaseText(next)} ${phase === "idle" ? idle : `waits for this rollout to end${ending}`}.`]),
		...(wanted === undefined
			? []
			: [
					`Wanted: ${releaseText(wanted.release)}, by ${wanted.by} ${ago(wanted.atEpochMs)}${wanted.override === true ? ", closed gates or not" : ""}; it goes first.`,
				]),
		...(refused === undefined || nowEpochMs - refused.atEpochMs > refusalMs
			? []
			: [`Refused: ${refused.verb} by ${refused.by} ${ago(refused.atEpochMs)}: ${withoutStop(refused.reason)}.`]),
		...(last === undefined
			? []
			: [
					`Last: ${last.rolloutId}, ${releaseText(last.release)}, ended ${last.outcome} ${ago(last.endedAtEpochMs)}.${phase === "idle" ? afterLast(service, last) : ""}`,
				]),
	];
};

/** What was found is looked at again once a rollout is over; until then its own functions look. */
const driftOf = ({ phase, drift }: ServiceState): Drift | undefined => (phase === "idle" ? drift : undefined);

/** A refusal is for whoever typed a moment ago; later it only looks like news. */
const refusalMs = 3_600_000;

const isAsking = ({ verb }: Deed): boolean => verb === "retry" || verb === "release";

/** The newest few, oldest first. */
const someTexts = (texts: readonly string[]): string =>
	`${texts.length > 3 ? `${texts.length - 3} more, ` : ""}${texts.slice(-3).join(", ")}`;

/** What is still to be heeded of what a person wants of the rollout; nothing once it was, or came too late. */
const pendingWish = (state: ServiceState): Wish | undefined => {
	if (!revertiblePhases.includes(state.phase)) return undefined;
	const paused = openQuestion(state)?.reason === "person" ? undefined : pauseWish(state);
	return paused ?? promotionWish(state);
};

/** What whoever finds a release gone back wants to know, and may want to do. */
const afterLast = (service: string, { outcome, rolloutId }: LastRollout): string =>
	outcome === "rolled-back"
		? ` \`sluice history ${service}\` says why ${rolloutId} went back; \`sluice retry ${service}\` rolls it out again.`
		: "";

/** What a service's record says, in words; two of them agree if and only if record, definition and time do. */
export const statusOf = (facts: StatusFacts): ServiceStatus => {
	const { service, phase, rolloutId, weightPercent } = facts.state;
	return {
		service,
		phase,
		isAsking: openQuestion(facts.state) !== undefined,
		isDrifted: driftOf(facts.state) !== undefined,
		rolloutId: rolloutId ?? null,
		weightPercent,
		serves: servesOf(facts.state),
		trial: trialOf(facts),
		waits: waitOf(facts),
		next: nextOf(facts),
		besides: besidesOf(facts),
	};
};
