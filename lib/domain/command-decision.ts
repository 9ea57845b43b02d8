import { agreementText, approvalsNeededOf, completingAnswer, pushTrailOf } from "./agreement.ts";
import { announce } from "./announcement.ts";
import type { RolloutCommand } from "./command.ts";
import { noneUnderWay, notRevertible, notUnderWay, waitsForNobody } from "./command-refusal.ts";
import { noting } from "./deed.ts";
import { isAmong, isSamePerson } from "./identity.ts";
import type { LifecycleEvent } from "./lifecycle-event.ts";
import { openQuestion, recordAnswer, settlePause } from "./pause.ts";
import { type Answer, type Pause, revertiblePhases, type ServiceState, type Wish } from "./service-state.ts";
import { someNames } from "./some-names.ts";
import type { Transition } from "./transition.ts";
import { endWish, makeWish, openWish, pauseWish, promotionWish, takeWishBack } from "./wish.ts";

/** The answer that counts, and the token of the state that waits for it. */
export interface FinalAnswer {
	readonly token: string;
	readonly askedAtEpochMs: number;
	readonly answer: Answer;
}

/** What is done for people. Each part can be repeated, in the order in which they stand here. */
export interface Obeyed {
	readonly kind: "obey";
	readonly rolloutId: string;
	/** Null where it was written before. */
	readonly write: Transition | null;
	/** Null where the rollout goes on waiting, or waits for nobody. */
	readonly final: FinalAnswer | null;
	readonly says: readonly LifecycleEvent[];
}

/** What follows from a command. */
export type CommandDecision =
	| Obeyed
	| { readonly kind: "roll-back"; readonly rolloutId: string }
	| {
			readonly kind: "refuse";
			readonly reason: string;
			/** What somebody else has answered, and may not have come to see through. */
			readonly unfinished?: FinalAnswer;
	  };

/** A wish that is older than this when it arrives is none any more: the rollout is elsewhere by then. */
const freshSeconds = 300;

const refuse = (reason: string): CommandDecision => ({ kind: "refuse", reason });

type Asked<Verb extends RolloutCommand["verb"]> = Extract<RolloutCommand, { readonly verb: Verb }>;

/** A rollout under way that can still be changed. */
interface Subject {
	readonly state: ServiceState;
	readonly rolloutId: string;
	readonly nowEpochMs: number;
}

/** Whether a command may do what it asks, and what that is; said as a sentence where it may not. Who asked is written down. */
export const decideCommand = (state: ServiceState, command: RolloutCommand, nowEpochMs: number): CommandDecision => {
	const decision = decide(state, command, nowEpochMs);
	if (decision.kind !== "obey" || decision.write === null) return decision;
	const { verb, by, sentAtEpochMs } = command;
	return { ...decision, write: noting(state, decision.write, { verb, by, atEpochMs: sentAtEpochMs }) };
};

const decide = (state: ServiceState, command: RolloutCommand, nowEpochMs: number): CommandDecision => {
	const { rolloutId } = state;
	const wanted = command.rolloutId ?? rolloutId;
	if (wanted === undefined) return refuse(noneUnderWay(state));
	if (wanted !== rolloutId) return refuse(notUnderWay(state, wanted));
	// The same event starts the rollback by itself, and is mostly the faster of the two. A record that is idle and names
	// its rollout was edited: the way out of that.
	const isUnderWay = state.phase !== "rolling-back" && state.phase !== "idle";
	if (command.verb === "abort" && !isUnderWay) return { kind: "roll-back", rolloutId: wanted };
	if (!revertiblePhases.includes(state.phase)) return refuse(notRevertible(state, command.verb));
	const isUnnamed = command.rolloutId === undefined;
	// Events carry whole seconds.
	if (isUnnamed && command.sentAtEpochMs < floorToSecond(state.startedAtEpochMs ?? 0))
		return refuse(`the command is older than ${rolloutId}, and names no rollout; it came very late`);
	const subject = { state, rolloutId, nowEpochMs };
	switch (command.verb) {
		case "abort":
			return { kind: "roll-back", rolloutId };
		case "approve":
		case "resume":
			return decideAnswer(subject, command);
		case "promote":
		case "pause":
			return decideWanted(subject, command);
	}
};

const floorToSecond = (epochMs: number): number => Math.floor(epochMs / 1000) * 1000;

const decideAnswer = (subject: Subject, command: Asked<"approve" | "resume">): CommandDecision => {
	const { pause } = subject.state;
	if (pause === undefined) return takeBack(subject, command);
	if (command.sentAtEpochMs < floorToSecond(pause.sinceEpochMs))
		return refuse("the command is older than the question; it was delivered twice, or very late");
	if (command.askedAtEpochMs !== undefined && command.askedAtEpochMs !== pause.sinceEpochMs)
		return refuse("the question that it answers is not asked any more; another one is");
	const { answeredBy } = pause;
	if (answeredBy !== undefined) return decideAnswered(subject, command, pause, answeredBy);
	const isApproval = pause.reason === "approval";
	if (isApproval !== (command.verb === "approve"))
		return refuse(
			`the rollout is paused (${pause.reason}); allowed are ${isApproval ? "approve" : "resume, promote"} and abort`,
		);
	if (pause.approvers.length > 0 && !isAmong(pause.approvers, command.by))
		return refuse(`${command.by} may not ${command.verb} this; allowed are ${someNames(pause.approvers)}`);
	return isApproval ? decideApproval(subject, command, pause) : resume(subject, command, pause);
};

/** Answered, and not forgotten yet: with the help of this command, which came before, or by others alone. */
const decideAnswered = (
	subject: Subject,
	command: Asked<"approve" | "resume">,
	pause: Pause,
	answeredBy: Answer,
): CommandDecision => {
	const final = finalOf(pause, answeredBy);
	if (![answeredBy, ...(pause.answers ?? [])].some((answer) => isOf(command, answer)))
		return {
			kind: "refuse",
			reason: `${answeredBy.by} has answered it already (${answeredBy.verb})`,
			unfinished: final,
		};
	return obey(subject, null, allApproved(subject, pause), final);
};

const isOf = ({ verb, by, sentAtEpochMs }: RolloutCommand, answer: Answer): boolean =>
	verb === answer.verb && by === answer.by && sentAtEpochMs === answer.atEpochMs;

/** One approval of possibly several, each by another person, and never by the one alone who brought the release. */
const decideApproval = (subject: Subject, command: Asked<"approve" | "resume">, pause: Pause): CommandDecision => {
	const { by, sentAtEpochMs } = command;
	const { state, nowEpochMs } = subject;
	const { askedBy } = state;
	const { answers = [], approvalsNeeded = 1 } = pause;
	const own = answers.find((answer) => isSamePerson(answer.by, by));
	if (own !== undefined && !isOf(command, own))
		return refuse(`${by} has approved this already. ${agreementText(pause, askedBy, pushTrailOf(state, nowEpochMs))}`);
	if (own !== undefined) return obey(subject, null, approved(subject, pause, own), null);
	if (approvalsNeeded === 1 && askedBy !== undefined && isSamePerson(askedBy, by))
		return refuse(`${by} asked for this release (${askedBy}) and may not approve it alone; allowed is somebody else`);
	const given: Answer = { verb: command.verb, by, atEpochMs: sentAtEpochMs };
	const needed = approvalsNeededOf({ ...pause, answers: [...answers, given] }, askedBy);
	const answer = needed === approvalsNeeded ? given : { ...given, needed };
	const after = { ...pause, answers: [...answers, answer] };
	const isLast = completingAnswer(after, askedBy) !== null;
	const write = recordAnswer(subject.state.epoch, pause, answer, isLast, subject.state.pausedSeconds);
	const says = isLast ? allApproved(subject, after) : approved(subject, after, answer);
	return obey(subject, write, says, isLast ? finalOf(pause, answer) : null);
};

/**
 * What follows for a question that has its answer and still waits: it is known by now that somebody else asked for the
 * release, or whoever completed the approvals was cut off. Null where nothing waits, or for more.
 */
export const settleQuestion = (state: ServiceState, nowEpochMs: number): Obeyed | null => {
	const { pause, rolloutId, epoch, pausedSeconds } = state;
	if (pause === undefined || rolloutId === undefined || !revertiblePhases.includes(state.phase)) return null;
	const subject = { state, rolloutId, nowEpochMs };
	const answer = pause.answeredBy ?? (pause.reason === "approval" ? completingAnswer(pause, state.askedBy) : null);
	if (answer === null) return null;
	const write = pause.answeredBy === undefined ? settlePause(epoch, pause, answer, nowEpochMs, pausedSeconds) : null;
	return obey(subject, write, allApproved(subject, pause), finalOf(pause, answer));
};

const resume = (subject: Subject, command: Asked<"approve" | "resume">, pause: Pause): CommandDecision => {
	const { state } = subject;
	const answer: Answer = { verb: command.verb, by: command.by, atEpochMs: command.sentAtEpochMs };
	const write = recordAnswer(state.epoch, pause, answer, true, state.pausedSeconds);
	const wish = pauseWish(state);
	// Or the rollout would pause again at once.
	const both = wish === undefined ? write : together(write, endWish(state.epoch, wish));
	return obey(subject, both, [], finalOf(pause, answer));
};

/** Nothing waits: a pause that was asked for and has not come yet may be taken back. */
const takeBack = (subject: Subject, command: Asked<"approve" | "resume">): CommandDecision => {
	const { verb, by, sentAtEpochMs, askedAtEpochMs } = command;
	const { answeredAtEpochMs } = subject.state;
	if (answeredAtEpochMs !== undefined && askedAtEpochMs === answeredAtEpochMs)
		return refuse("the question was answered before; it is not asked any more");
	const wish = pauseWish(subject.state);
	if (verb === "approve" || wish === undefined) return refuse(waitsForNobody(subject.state));
	if (sentAtEpochMs < wish.atEpochMs) return refuse("the command is older than the pause that was asked for");
	const says = [announce("rollout.resumed.v1", { ...about(subject), by, verb }, wish.id)];
	return obey(subject, takeWishBack(subject.state.epoch, wish), says, null);
};

const decideWanted = (subject: Subject, command: Asked<"promote" | "pause">): CommandDecision => {
	const { state, nowEpochMs } = subject;
	const { verb, by, id, sentAtEpochMs } = command;
	const wish: Wish = { id, verb, by, atEpochMs: sentAtEpochMs, phase: state.phase };
	if (state.wish?.id === id) {
		if (state.wish.isOver === true) return refuse("it was paused for this command before, and resumed since");
		return obey(subject, null, [wished(subject, state.wish)], ownFinal(state.pause, command));
	}
	if (nowEpochMs - sentAtEpochMs > freshSeconds * 1000)
		return refuse(
			`the command is ${Math.round((nowEpochMs - sentAtEpochMs) / 1000)} s old; ${freshSeconds} s are allowed`,
		);
	const present = openWish(state);
	if (present !== undefined && sentAtEpochMs < present.atEpochMs)
		return refuse(`the command is older than what ${present.by} has asked for since (${present.verb})`);
	return verb === "pause" ? decidePauseWish(subject, wish) : decidePromotion(subject, wish);
};

/** The answer that this very command has given, where it may not have come to see it through. */
const ownFinal = (pause: Pause | undefined, command: RolloutCommand): FinalAnswer | null =>
	pause?.answeredBy !== undefined && isOf(command, pause.answeredBy) ? finalOf(pause, pause.answeredBy) : null;

const decidePauseWish = (subject: Subject, wish: Wish): CommandDecision => {
	const { state } = subject;
	const question = openQuestion(state);
	if (question !== undefined) return refuse(`the rollout is paused already (${question.reason})`);
	const present = pauseWish(state);
	if (present !== undefined) return refuse(`${present.by} has asked for a pause already; it comes at the next look`);
	return obey(subject, makeWish(state, wish), [wished(subject, wish)], null);
};

/** A person takes the place of evidence, not of an approver: what waits for an approval goes on waiting for it. */
const decidePromotion = (subject: Subject, wish: Wish): CommandDecision => {
	const { state } = subject;
	const question = openQuestion(state);
	const answered = question?.reason === "approval" ? undefined : question;
	const present = promotionWish(state);
	if (present !== undefined && answered === undefined) return refuse(`${present.by} has asked for it already`);
	const write = makeWish(state, wish);
	const says = [wished(subject, wish)];
	if (answered === undefined) return obey(subject, write, says, null);
	const answer: Answer = { verb: "promote", by: wish.by, atEpochMs: wish.atEpochMs };
	const both = together(write, recordAnswer(state.epoch, answered, answer, true, state.pausedSeconds));
	return obey(subject, both, says, finalOf(answered, answer));
};

const together = (one: Transition, other: Transition): Transition => ({
	condition: { ...other.condition, ...one.condition },
	set: { ...one.set, ...other.set },
});

const obey = (
	subject: Subject,
	write: Transition | null,
	says: readonly LifecycleEvent[],
	final: FinalAnswer | null,
): Obeyed => {
	const { rolloutId } = subject;
	const resumed = final === null ? [] : [answered(subject, final)];
	return { kind: "obey", rolloutId, write, final, says: [...says, ...resumed] };
};

const finalOf = ({ token, sinceEpochMs }: Pause, answer: Answer): FinalAnswer => ({
	token,
	askedAtEpochMs: sinceEpochMs,
	answer,
});

const about = ({ state: { service }, rolloutId, nowEpochMs }: Subject) => ({
	service,
	rolloutId,
	atEpochMs: nowEpochMs,
});

/** That the rollout goes on, and who let it. The same answer has the same id, however often it is said. */
const answered = (subject: Subject, { askedAtEpochMs, answer: { by, verb } }: FinalAnswer): LifecycleEvent =>
	announce("rollout.resumed.v1", { ...about(subject), by, verb }, `${askedAtEpochMs}-${by}`);

const approved = (subject: Subject, pause: Pause, answer: Answer): readonly LifecycleEvent[] => {
	if (answer.verb !== "approve") return [];
	const { answers = [], approvalsNeeded = 1, sinceEpochMs } = pause;
	const approvals = answers.findIndex(({ by }) => by === answer.by) + 1;
	// What it said first it says always, whatever has become known since.
	const said = { ...about(subject), by: answer.by, approvals, approvalsNeeded: answer.needed ?? approvalsNeeded };
	return [announce("rollout.approved.v1", said, `${sinceEpochMs}-${answer.by}`)];
};

/** Whoever completes them says all of them: an earlier one may be on record and not have come to be said. */
const allApproved = (subject: Subject, pause: Pause): readonly LifecycleEvent[] =>
	(pause.answers ?? []).flatMap((answer) => approved(subject, pause, answer));

/** What follows from a wish, for whoever made it. */
const explanationOf = ({ verb, phase }: Wish): string => {
	if (verb === "pause") return "It pauses at the next look, with traffic as it is; harm still goes back.";
	return phase === "window"
		? "The window ends at the next look, unless the canary does harm."
		: "The remaining steps are taken in one go, unless the canary does harm; approvals are still asked for.";
};

const wished = (subject: Subject, wish: Wish): LifecycleEvent => {
	const said = { ...about(subject), by: wish.by, explanation: explanationOf(wish) };
	return wish.verb === "pause"
		? announce("rollout.pause-asked.v1", said, wish.id)
		: announce("rollout.promotion-asked.v1", said, wish.id);
};
