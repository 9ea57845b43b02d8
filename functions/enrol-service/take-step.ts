import { type EnrolmentMemory, noMemory, remembered } from "../../lib/domain/enrolment.ts";
import type { CommonFacts, Problem } from "../../lib/domain/enrolment-facts.ts";
import { hasBegun } from "../../lib/domain/enrolment-refusals.ts";
import { sentenceOf } from "../../lib/domain/enrolment-sentence.ts";
import { afterStart } from "../../lib/domain/withdrawal.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { ConflictError } from "../../lib/ports/errors.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { InvalidWorkloadError } from "../../lib/ports/workloads.ts";
import type { Invocation } from "../pipeline.ts";
import { isWaiting, type Waiting } from "./act.ts";
import { endOf } from "./end.ts";
import { type Ports as SubjectPorts, subjectOf } from "./subject.ts";

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

const waitFor = (facts: CommonFacts, step: Waiting, memory: EnrolmentMemory, nowEpochMs: number) => {
	const sentence = sentenceOf(step, facts);
	if (step.kind === "await-drain")
		return { kind: "wait", sentence, waitSeconds: Math.min(step.seconds, mostWaitSeconds), memory } as const;
	// A person does that when they get to it; whoever takes longer than the machine's timeout starts it again.
	if (step.kind === "await-route" || step.kind === "await-route-back")
		return { kind: "wait", sentence, waitSeconds: mostWaitSeconds, memory } as const;
	const waitedMs = nowEpochMs - (memory.waitingSinceEpochMs ?? nowEpochMs);
	if (waitedMs > facts.definition.progressDeadlineSeconds * 1000) return { kind: "stuck", sentence } as const;
	return { kind: "wait", sentence, waitSeconds: lookSeconds, memory } as const;
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
	const subject = await subjectOf(ports, service, wish, fromPriority);
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
		return { ...said, ...waitFor(facts, step, after, nowEpochMs) };
	}
	invocation.ensureTimeLeft(writeMs);
	const after = remembered(before, isQuiet, null, nowEpochMs);
	const sentence = sentenceOf(step, facts);
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
	const then = step.kind === "start-users" ? afterStart(after, facts.cluster.users, step.replicas) : after;
	return { ...said, kind: "continue", sentence, memory: then } as const;
};
