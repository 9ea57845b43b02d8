import type { EnrolmentMemory, EnrolmentStep } from "./enrolment.ts";
import type { WithdrawalStep } from "./withdrawal.ts";

type Step = EnrolmentStep | WithdrawalStep;

/** What a step is about, whatever it finds: the same each time that it is tried. */
const subjectOf = (step: Step): string =>
	[
		step.kind,
		...("slot" in step ? [step.slot] : []),
		...(step.kind === "direct" ? [step.usersPercent, step.listsUsers] : []),
	].join(" ");

/** Whether the step before was the same one: what it does has not come to be, or somebody takes it back. */
export const isRepeated = ({ doing }: EnrolmentMemory, step: Step): boolean => doing === subjectOf(step);

/** Seconds for which one and the same thing has been done without anything that followed from it. */
export const secondsRepeated = (memory: EnrolmentMemory, step: Step, nowEpochMs: number): number =>
	isRepeated(memory, step) ? (nowEpochMs - (memory.doingSinceEpochMs ?? nowEpochMs)) / 1000 : 0;

/** Remembers what is being done, and since when it is that. */
export const whileDoing = (
	memory: EnrolmentMemory,
	before: EnrolmentMemory,
	step: Step,
	nowEpochMs: number,
): EnrolmentMemory => ({
	...memory,
	doing: subjectOf(step),
	doingSinceEpochMs: isRepeated(before, step) ? (before.doingSinceEpochMs ?? nowEpochMs) : nowEpochMs,
});

/**
 * Whether a wait has lasted too long. A drain ends by itself once nothing is sent to what is to stop; one that cannot
 * begin for that long waits for somebody who goes on sending it something.
 */
export const isWaitOver = (
	{ quietSinceEpochMs, waitingSinceEpochMs }: EnrolmentMemory,
	{ kind }: Step,
	deadlineSeconds: number,
	nowEpochMs: number,
): boolean => {
	// A person does that when they get to it; whoever takes longer than the machine's timeout starts it again.
	if (kind === "await-route" || kind === "await-route-back") return false;
	if (kind === "await-drain" && quietSinceEpochMs !== null) return false;
	return nowEpochMs - (waitingSinceEpochMs ?? nowEpochMs) > deadlineSeconds * 1000;
};
