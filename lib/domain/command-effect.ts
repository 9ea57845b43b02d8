import { agreementText, pushTrailOf } from "./agreement.ts";
import { asSentence } from "./as-sentence.ts";
import type { CommandVerb } from "./command.ts";
import { deedsOf } from "./deed.ts";
import { openQuestion } from "./pause.ts";
import type { Release } from "./release.ts";
import { releaseText } from "./release-text.ts";
import { type RefusedCommand, revertiblePhases, type ServiceState, type Wish } from "./service-state.ts";
import type { Transition } from "./transition.ts";
import { openWish, pauseWish } from "./wish.ts";

/** What can be seen of a command on the record of its service, some time after it was sent. */
export type CommandEffect =
	| { readonly kind: "done"; readonly sentence: string }
	| { readonly kind: "refused"; readonly reason: string }
	| { readonly kind: "pending" };

/**
 * Leaves a refusal on the record of its service, the one place that both sides see. Whoever comes late replaces a newer
 * one, which costs somebody a reason and nothing else.
 */
export const noteRefusal = (refused: RefusedCommand): Transition => ({
	condition: {},
	set: { refused: { ...refused, reason: refused.reason.slice(0, 1_000) } },
});

const done = (sentence: string): CommandEffect => ({ kind: "done", sentence });
const pending: CommandEffect = { kind: "pending" };

/** The question that was open has got its answer. That it is gone is not enough: a rollback, too, forgets it. */
const isAnswered = (before: ServiceState, now: ServiceState): boolean => {
	const question = openQuestion(before);
	return question !== undefined && now.answeredAtEpochMs === question.sinceEpochMs;
};

/** Whatever was answered: the rollout that it was said to is over, or on its way back. */
const overtakenIn = (before: ServiceState, now: ServiceState): CommandEffect | null => {
	if (before.phase !== "rolling-back" && now.phase === "rolling-back" && now.rolloutId === before.rolloutId)
		return { kind: "refused", reason: `everybody goes back: ${now.rollback?.explanation ?? "a rollback has begun"}` };
	return before.rolloutId !== undefined && now.rolloutId !== before.rolloutId
		? { kind: "refused", reason: `rollout ${before.rolloutId} has ended` }
		: null;
};

const hasMovedOn = (before: ServiceState, now: ServiceState): boolean =>
	before.rolloutId !== now.rolloutId || before.phase !== now.phase;

/** One approval of several: it counts, and others are still waited for. */
const approvalIn = (by: string, now: ServiceState): CommandEffect => {
	const question = openQuestion(now);
	const given = question?.answers?.find((answer) => answer.by === by);
	if (question === undefined || given === undefined) return pending;
	return done(`The approval counts. ${agreementText(question, now.askedBy, pushTrailOf(now, given.atEpochMs))}`);
};

const wishIn = (verb: Wish["verb"], by: string, before: ServiceState, now: ServiceState): CommandEffect => {
	const wish = openWish(now);
	const isNew = wish !== undefined && wish.id !== before.wish?.id && wish.verb === verb && wish.by === by;
	if (!isNew) return pending;
	return done(
		verb === "pause"
			? "It is on record: the rollout pauses at its next look, with traffic as it is; harm still goes back."
			: "It is on record: the rollout goes on at its next look, unless the canary does harm.",
	);
};

/**
 * A pause that was asked for and had not come yet is taken back; or it came while the command was on its way, and was
 * answered by it.
 */
const takenBackIn = (by: string, before: ServiceState, now: ServiceState): CommandEffect => {
	const wish = pauseWish(before);
	if (wish === undefined || now.wish?.id !== wish.id || now.wish.isOver !== true) return pending;
	const isOwn = deedsOf(now).some(
		(deed) => deed.verb === "resume" && deed.by === by && deed.atEpochMs >= wish.atEpochMs,
	);
	return done(
		isOwn
			? "The pause that was asked for is taken back; the rollout goes on."
			: "The pause that was asked for was taken back by somebody else; the rollout goes on.",
	);
};

/** Releases that waited on the record and do not any more. */
const givenUpIn = (before: ServiceState, now: ServiceState): readonly Release[] => {
	const isGone = (name: "wanted" | "held" | "next") => before[name] !== undefined && now[name] === undefined;
	const gone = [
		...(isGone("wanted") ? [before.wanted?.release] : []),
		...(isGone("held") ? [before.held?.release] : []),
		...(isGone("next") ? [before.next] : []),
	].filter((release) => release !== undefined);
	return gone.filter(({ id }, index) => gone.findIndex((other) => other.id === id) === index);
};

/**
 * What came of asking for a release. Whatever a command leads to, the record tells when a release was asked for last:
 * without that, a rollout that begins or ends has come of something else.
 */
const askedIn = (by: string, before: ServiceState, now: ServiceState): CommandEffect => {
	const { wanted, rolloutId, stableRelease } = now;
	if (wanted !== undefined && wanted.by === by && wanted.atEpochMs !== before.wanted?.atEpochMs)
		return done(`It is on record: ${releaseText(wanted.release)} begins as soon as nothing holds it back.`);
	if (now.lastWantedAtEpochMs === undefined || now.lastWantedAtEpochMs === before.lastWantedAtEpochMs) return pending;
	if (rolloutId !== undefined && rolloutId !== before.rolloutId) return done(`Rollout ${rolloutId} has begun.`);
	const waited = givenUpIn(before, now).map(releaseText).join(", ");
	const givenUp = waited === "" ? "" : ` ${waited} is given up.`;
	const serves = `${releaseText(stableRelease)} serves everybody`;
	if (before.rolloutId !== undefined && rolloutId === undefined)
		return done(`Rollout ${before.rolloutId} has ended; ${serves}.${givenUp}`);
	if (now.phase === "rolling-back" && before.phase !== "rolling-back") {
		const why = now.rollback === undefined ? "" : ` ${asSentence(now.rollback.explanation)}`;
		return done(`Everybody goes back to ${releaseText(stableRelease)}.${why}${givenUp}`);
	}
	// What is asked for serves already, so what is under way goes back: that is a moment behind the record of the wish.
	const isGoingBack = rolloutId !== undefined && revertiblePhases.includes(now.phase);
	if (waited === "" || wanted !== undefined || isGoingBack) return pending;
	return done(
		now.phase === "idle" ? `What waited is given up: ${waited}; ${serves}.` : `What waited is given up: ${waited}.`,
	);
};

/** A refusal of this command: one that was not there before, of the same verb by the same person. */
const refusalIn = (verb: CommandVerb, by: string, before: ServiceState, now: ServiceState): RefusedCommand | null => {
	const { refused } = now;
	const isNew = refused !== undefined && refused.atEpochMs !== before.refused?.atEpochMs;
	return isNew && refused.verb === verb && refused.by === by ? refused : null;
};

/** What a record shows that was read after a command, beside the one read before it. */
export const effectOf = (
	{ verb, by }: { readonly verb: CommandVerb; readonly by: string },
	before: ServiceState,
	now: ServiceState,
): CommandEffect => {
	const refusal = refusalIn(verb, by, before, now);
	if (refusal !== null) return { kind: "refused", reason: refusal.reason };
	const overtaken = verb === "approve" || verb === "resume" || verb === "promote" ? overtakenIn(before, now) : null;
	if (overtaken !== null) return overtaken;
	switch (verb) {
		case "approve":
		case "resume":
			if (isAnswered(before, now)) return done("The question is answered; the rollout goes on.");
			return verb === "approve" ? approvalIn(by, now) : takenBackIn(by, before, now);
		case "abort":
			if (now.phase === "rolling-back") return done("Everybody goes back to the stable version.");
			return before.rolloutId !== now.rolloutId ? done("The rollout has ended.") : pending;
		case "pause":
			if (openQuestion(before) === undefined && openQuestion(now) !== undefined)
				return done("The rollout waits for a person.");
			return wishIn("pause", by, before, now);
		case "promote":
			if (isAnswered(before, now)) return done("The question is answered; the rollout goes on.");
			if (hasMovedOn(before, now)) return done(`The rollout has moved on: it is ${now.phase}.`);
			return wishIn("promote", by, before, now);
		case "retry":
		case "release":
			return askedIn(by, before, now);
	}
};
