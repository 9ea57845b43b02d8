import { type EnrolmentMemory, noMemory, remembered } from "../../lib/domain/enrolment.ts";
import type { CommonFacts, Problem } from "../../lib/domain/enrolment-facts.ts";
import { afterGivingUp } from "../../lib/domain/enrolment-limits.ts";
import { isRepeated, isWaitOver, secondsRepeated, whileDoing } from "../../lib/domain/enrolment-patience.ts";
import { hasBegun } from "../../lib/domain/enrolment-refusals.ts";
import { sentenceOf } from "../../lib/domain/enrolment-sentence.ts";
import { afterFailure, afterStart } from "../../lib/domain/withdrawal-refusals.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { ConflictError } from "../../lib/ports/errors.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { InvalidWorkloadError } from "../../lib/ports/workloads.ts";
import type { Invocation } from "../pipeline.ts";
import { isWaiting, type Step, type Waiting } from "./act.ts";
import { endOf } from "./end.ts";
import { type Subject, type Ports as SubjectPorts, subjectOf } from "./subject.ts";

export interface Ports extends SubjectPorts {
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/** What is wanted of a service, and what the execution remembers of its earlier looks. */
interface Request {
	readonly service: string;
	readonly wish: "enrol" | "release";
	readonly fromPriority: number | null;
	readonly dryRun: boolean;
	readonly by: string;
	readonly memory: EnrolmentMemory | null;
}

/** Time that one change to cluster or router needs to be sent and acknowledged. */
const writeMs = 10_000;
/** Time between two looks at what only the cluster can do. */
const lookSeconds = 10;
const mostWaitSeconds = 60;

const waitSecondsOf = (step: Waiting): number => {
	if (step.kind === "await-drain") return Math.min(step.seconds, mostWaitSeconds);
	return step.kind === "await-route" || step.kind === "await-route-back" ? mostWaitSeconds : lookSeconds;
};

const waitFor = ({ facts, isServed }: Subject, step: Waiting, memory: EnrolmentMemory, nowEpochMs: number) => {
	const sentence = sentenceOf(step, facts);
	return isWaitOver(memory, step, facts.definition.progressDeadlineSeconds, nowEpochMs)
		? ({ kind: "stuck", sentence, isServed } as const)
		: ({ kind: "wait", sentence, waitSeconds: waitSecondsOf(step), memory } as const);
};

/** Ends what was tried for as long as pods may take, without what should follow from it. */
const giveUp = ({ facts, isServed }: Subject, step: Step, memory: EnrolmentMemory, nowEpochMs: number) => {
	const seconds = secondsRepeated(memory, step, nowEpochMs);
	if (seconds <= facts.definition.progressDeadlineSeconds) return null;
	const sentence = `For ${Math.round(seconds)} s this was tried over and over, and somebody else writes the same, or undoes it: ${sentenceOf(step, facts)}`;
	return { kind: "stuck", sentence, isServed } as const;
};

/** What is counted of what was done, so that it does not go on for ever. */
const afterActing = (step: Step, memory: EnrolmentMemory, { cluster }: CommonFacts): EnrolmentMemory => {
	if (step.kind === "start-users") return afterStart(memory, cluster.users, step.replicas);
	if (step.kind === "move-in-cluster-service") return { ...memory, callersSent: (memory.callersSent ?? 0) + 1 };
	return step.kind === "direct-to-slot-again" ? afterFailure(memory) : memory;
};

/** A step that the cluster did not take, though nothing that was found spoke against it. */
const problemOf = (sentence: string, { message }: InvalidWorkloadError): Problem => ({
	what: sentence.replace(/\.$/, ""),
	value: message.replace(/\.$/, ""),
	allowed: "what the cluster takes: mend that first",
});

/** Looks, decides and does the first thing that remains; says what it was, and what the next look should remember. */
export const takeStep = async (ports: Ports, request: Request, invocation: Invocation) => {
	const { service, wish, fromPriority, dryRun, by, memory } = request;
	const subject = await subjectOf(ports, service, wish, fromPriority ?? memory?.fromPriority ?? null);
	const { facts, isQuiet } = subject;
	const nowEpochMs = ports.clock.nowEpochMs();
	const before = memory ?? noMemory;
	const known = remembered(before, isQuiet, before.waitingFor, nowEpochMs);
	const { problems, warnings, steps } = subject.plan(known, nowEpochMs);
	const said = { v: 1, service, wish, warnings } as const;
	if (problems.length > 0) {
		ports.telemetry.warn("refused", { service, wish, problems });
		return { ...said, kind: "refused", problems, isBegun: hasBegun(facts, wish) } as const;
	}
	if (dryRun) return { ...said, kind: "planned", steps: steps.map((step) => sentenceOf(step, facts)) } as const;
	const [step] = steps;
	if (step === undefined) {
		const end = endOf(facts, wish, by, memory !== null, nowEpochMs);
		if (end !== null) await ports.events.publish([end]);
		return { ...said, kind: "done" } as const;
	}
	if (isWaiting(step)) {
		const after = remembered(before, isQuiet, step.kind, nowEpochMs);
		return { ...said, ...waitFor(subject, step, after, nowEpochMs) };
	}
	const givenUp = giveUp(subject, step, before, nowEpochMs);
	if (givenUp !== null) return { ...said, ...givenUp };
	invocation.ensureTimeLeft(writeMs);
	const after = whileDoing(remembered(before, isQuiet, null, nowEpochMs), before, step, nowEpochMs);
	const sentence = sentenceOf(step, facts);
	// Known before it is sent: a deletion whose answer is lost may come late, and must find nothing that serves.
	if (step.kind === "renew-base-rule" && before.givenUpRuleArn !== step.ruleArn)
		return { ...said, kind: "continue", sentence, memory: afterGivingUp(known, step) } as const;
	try {
		await subject.act(step);
	} catch (error) {
		// Asked again it would be refused again. Access that is denied may be granted a moment later, and is tried again.
		if (error instanceof InvalidWorkloadError) {
			const problems = [problemOf(sentence, error)];
			ports.telemetry.warn("refused", { service, wish, problems });
			return { ...said, kind: "refused", problems, isBegun: true } as const;
		}
		if (!(error instanceof ConflictError)) throw error;
		// Somebody wrote in between: what to do is decided anew, from what is there then.
		ports.telemetry.info("overtaken", { service, step: step.kind, reason: error.message });
		return { ...said, kind: "wait", sentence: error.message, waitSeconds: 5, memory: after } as const;
	}
	ports.telemetry.info("did", { service, step: step.kind, sentence, by });
	const then = afterActing(step, after, facts);
	// What was just done and is to be done again takes its time to be seen, or is taken back by somebody.
	return isRepeated(before, step)
		? ({ ...said, kind: "wait", sentence, waitSeconds: lookSeconds, memory: then } as const)
		: ({ ...said, kind: "continue", sentence, memory: then } as const);
};
