import type { Answer, Pause, ServiceState, Wish } from "./service-state.ts";
import { revertiblePhases } from "./service-state.ts";
import type { Transition } from "./transition.ts";

/**
 * Records what a rollout waits for. A question that comes late finds that it was asked since, and changes nothing.
 * @param earlier - the same question on record, asked by an attempt that failed afterwards: its answers are kept.
 * @param wish - the pause that a person asked for, where that is why: taken back in between, nothing is asked.
 */
export const beginPause = (
	epoch: number,
	pause: Pause,
	nowEpochMs: number,
	earlier?: Pause,
	wish?: Wish,
): Transition => ({
	// A write that is sent again, because its answer was lost, finds its own question there and lands once more.
	condition: {
		epoch,
		phaseIn: revertiblePhases,
		askedBeforeEpochMs: nowEpochMs + 1,
		...(earlier === undefined ? {} : asSeen(earlier)),
		...(wish === undefined ? {} : { wishId: wish.id, isWishOpen: true }),
	},
	set: {
		pause: earlier?.answers === undefined ? pause : { ...pause, answers: earlier.answers },
		askedAtEpochMs: nowEpochMs,
	},
});

/**
 * The pause on record must be the one that was read, with the answers that were read, of which none counts yet: one that
 * is enough only later comes to count without another one being added.
 */
const asSeen = ({ token, answers = [] }: Pause) =>
	({ pauseToken: token, pauseAnswers: answers.length, isQuestionOpen: true }) as const;

/** What waits for an answer. One that was answered is no question any more, even while it is on record. */
export const openQuestion = ({ pause }: Pick<ServiceState, "pause">): Pause | undefined =>
	pause?.answeredBy === undefined ? pause : undefined;

/**
 * Adds an answer to the open question; the last one is the answer that counts, and there is one at most.
 * @param pausedSeconds - how long the rollout has waited for earlier answers.
 */
export const recordAnswer = (
	epoch: number,
	pause: Pause,
	answer: Answer,
	isLast: boolean,
	pausedSeconds = 0,
): Transition => {
	const after = { ...pause, answers: [...(pause.answers ?? []), answer] };
	return {
		condition: { epoch, phaseIn: revertiblePhases, ...asSeen(pause) },
		set: isLast ? settled(after, answer, answer.atEpochMs, pausedSeconds) : { pause: after },
	};
};

/**
 * Lets an answer count that was given before and is enough only now.
 * @param pausedSeconds - how long the rollout has waited for earlier answers.
 */
export const settlePause = (
	epoch: number,
	pause: Pause,
	answer: Answer,
	nowEpochMs: number,
	pausedSeconds = 0,
): Transition => ({
	condition: { epoch, phaseIn: revertiblePhases, ...asSeen(pause) },
	set: settled(pause, answer, nowEpochMs, pausedSeconds),
});

const settled = (pause: Pause, answer: Answer, untilEpochMs: number, pausedSeconds: number) => ({
	pause: { ...pause, answeredBy: answer },
	answeredAtEpochMs: pause.sinceEpochMs,
	...leadingOn(pause, untilEpochMs),
	// Events carry whole seconds, so an answer may seem to come a moment before its question.
	pausedSeconds: pausedSeconds + Math.max(0, untilEpochMs - pause.sinceEpochMs) / 1000,
});

/**
 * An answer is for its weight, which stays when the question is forgotten. After any but an approval a step bakes anew,
 * unless that weight is still to come.
 */
const leadingOn = ({ reason, weightPercent, sinceEpochMs }: Pause, untilEpochMs: number) => ({
	...(reason !== "approval" && { bakesSinceEpochMs: Math.max(untilEpochMs, sinceEpochMs) }),
	...(weightPercent !== undefined && { approvedPercent: weightPercent }),
});

/** Takes back a question that nobody has answered; an answer that comes at the same time is either before it or too late. */
export const lapsePause = (epoch: number, pause: Pause): Transition => ({
	condition: { epoch, phaseIn: revertiblePhases, ...asSeen(pause) },
	set: {},
	remove: ["pause"],
});

/** Forgets the pause that was answered, and no other that may have begun since. */
export const endPause = (epoch: number, token: string): Transition => ({
	condition: { epoch, phaseIn: revertiblePhases, pauseToken: token },
	set: {},
	remove: ["pause"],
});
