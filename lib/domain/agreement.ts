import { isSamePerson } from "./identity.ts";
import type { Answer, Pause, ServiceState } from "./service-state.ts";
import { someNames } from "./some-names.ts";

type Asked = Pick<Pause, "answers" | "approvalsNeeded" | "onUnknownPusher">;
type AskedBy = ServiceState["askedBy"];

/**
 * Which approval completes those that a question needs; null while more are needed. Where one is enough, it must be by
 * another person than who asked for the release: of two people, one is. Of several the last one counts.
 */
export const completingAnswer = (asked: Asked, askedBy: AskedBy): Answer | null => {
	const { answers = [], approvalsNeeded = 1, onUnknownPusher } = asked;
	if (approvalsNeeded > 1) return answers.length < approvalsNeeded ? null : (answers.at(-1) ?? null);
	if (askedBy !== undefined) return answers.findLast(({ by }) => !isSamePerson(by, askedBy)) ?? null;
	return answers.length > 1 || onUnknownPusher === "accept" ? (answers.at(-1) ?? null) : null;
};

/** How many people must approve, as far as is known now: two instead of one while nobody knows who asked. */
export const approvalsNeededOf = (asked: Asked, askedBy: AskedBy): number => {
	const { answers = [], approvalsNeeded = 1, onUnknownPusher } = asked;
	if (approvalsNeeded > 1) return approvalsNeeded;
	if (askedBy === undefined) return onUnknownPusher === "accept" ? 1 : 2;
	return answers.some(({ by }) => isSamePerson(by, askedBy)) ? 2 : 1;
};

/** What was said so far and what is missing, as a sentence; empty where one approval by anybody allowed is missing. */
export const agreementText = (asked: Asked, askedBy: AskedBy): string => {
	const { answers = [], approvalsNeeded = 1 } = asked;
	const needed = approvalsNeededOf(asked, askedBy);
	const names = someNames(answers.map(({ by }) => by));
	const by = answers.length === 0 ? "" : `, by ${names}`;
	if (completingAnswer(asked, askedBy) !== null) return `It has the approval of ${names} and goes on within a minute.`;
	if (needed === 1) return "";
	const count = `It has ${answers.length} of ${needed} approvals${by}`;
	if (approvalsNeeded > 1) return `${count}.`;
	return askedBy === undefined
		? `${count}; one is enough once CloudTrail has told that somebody else pushed the image, minutes after the push.`
		: `${count}, who asked for the release; somebody else has to agree.`;
};
