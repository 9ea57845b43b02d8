import { isChangeOfContent } from "./content-change.ts";
import { durationText } from "./duration-text.ts";
import { isSamePerson } from "./identity.ts";
import type { Answer, Pause, ServiceState } from "./service-state.ts";
import { someNames } from "./some-names.ts";

type Asked = Pick<Pause, "answers" | "approvalsNeeded" | "onUnknownPusher"> & Partial<Pick<Pause, "approvers">>;
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

/** Whether CloudTrail may still tell who pushed what is on trial: `none` where nothing was pushed for it. */
export type PushTrail = { readonly kind: "none" } | { readonly kind: "awaited"; readonly forSeconds: number };

/** What a record says of that; undefined where it does not say when the release was pushed. */
export const pushTrailOf = (
	{ release, replaced, stableRelease, pushedAtEpochMs }: ServiceState,
	nowEpochMs: number,
): PushTrail | undefined => {
	if (release !== undefined && isChangeOfContent(release, replaced ?? stableRelease)) return { kind: "none" };
	if (pushedAtEpochMs === undefined) return undefined;
	return { kind: "awaited", forSeconds: Math.max(0, (nowEpochMs - pushedAtEpochMs) / 1000) };
};

/** CloudTrail mostly tells within five minutes, and hardly ever after this. */
const usualSeconds = 900;

/** What was said so far and what is missing, as a sentence; empty where one approval by anybody allowed is missing. */
export const agreementText = (asked: Asked, askedBy: AskedBy, trail?: PushTrail): string => {
	const { answers = [], approvalsNeeded = 1 } = asked;
	const needed = approvalsNeededOf(asked, askedBy);
	const names = someNames(answers.map(({ by }) => by));
	const by = answers.length === 0 ? "" : `, by ${names}`;
	if (completingAnswer(asked, askedBy) !== null) return `It has the approval of ${names} and goes on within a minute.`;
	if (needed === 1) return "";
	const count = `It has ${answers.length} of ${needed} approvals${by}`;
	if (approvalsNeeded > 1) return `${count}.`;
	return askedBy === undefined
		? `${count}; ${unknownText(answers.length, trail)}.${aloneText(asked, trail)}`
		: `${count}, who asked for the release; somebody else has to agree.`;
};

const unknownText = (given: number, trail: PushTrail | undefined): string => {
	const people = given === 0 ? "two people have to approve" : "a second person has to approve";
	if (trail?.kind === "none") return `${people}, because no image was pushed for this change of content`;
	if (trail === undefined) return `${people}, unless CloudTrail tells that somebody else pushed the image`;
	return trail.forSeconds > usualSeconds
		? `${people}: CloudTrail has not told who pushed for ${durationText(trail.forSeconds)}, and there may be no trail`
		: "one is enough once CloudTrail has told that somebody else pushed the image, minutes after the push";
};

/** One approver cannot be two people, and where nobody will ever be known to have pushed, waiting does not help. */
const aloneText = ({ approvers = [] }: Asked, trail: PushTrail | undefined): string =>
	approvers.length === 1 && trail?.kind === "none"
		? ` Nobody but ${approvers[0]} may: \`sluice abort\` ends it, and once somebody else has asked for it with \`sluice release\`, one approval is enough.`
		: "";
