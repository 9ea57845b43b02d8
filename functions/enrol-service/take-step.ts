import type { EnrolmentStep } from "../../lib/domain/enrolment.ts";
import {
	type EnrolmentMemory,
	isQuietForEnrolment,
	noMemory,
	type Plan,
	planEnrolment,
	remembered,
} from "../../lib/domain/enrolment.ts";
import type { EnrolmentFacts, Problem } from "../../lib/domain/enrolment-facts.ts";
import { sentenceOf } from "../../lib/domain/enrolment-sentence.ts";
import { InvalidRouteError } from "../../lib/domain/traffic-route.ts";
import { isQuietForWithdrawal, planWithdrawal, type WithdrawalStep } from "../../lib/domain/withdrawal.ts";
import type { BaseRoute } from "../../lib/ports/base-route.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { EnrolmentRecord } from "../../lib/ports/enrolment-record.ts";
import { ConflictError } from "../../lib/ports/errors.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { UserWorkload } from "../../lib/ports/user-workload.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";
import type { Invocation } from "../pipeline.ts";
import { act, isWaiting, type Waiting } from "./act.ts";
import { endOf } from "./end.ts";
import { observe } from "./observe.ts";

export interface Ports {
	readonly catalog: ServiceCatalog;
	readonly record: EnrolmentRecord;
	readonly users: UserWorkload;
	readonly baseRoute: BaseRoute;
	readonly workloads: Workloads;
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

const gatewayProblem: Problem = {
	what: "traffic",
	value: "through the Gateway API",
	allowed: "a listener of an application load balancer: an HTTPRoute is handed over in its own manifest",
};

const behindGateway = (error: unknown): null => {
	if (error instanceof InvalidRouteError) return null;
	throw error;
};

/** Time that one change to cluster or router needs to be sent and acknowledged. */
const writeMs = 10_000;
/** Time between two looks at what only the cluster can do. */
const lookSeconds = 10;
const mostWaitSeconds = 60;

const waitFor = (facts: EnrolmentFacts, step: Waiting, memory: EnrolmentMemory, nowEpochMs: number) => {
	const sentence = sentenceOf(step, facts);
	if (step.kind === "await-drain")
		return { kind: "wait", sentence, waitSeconds: Math.min(step.seconds, mostWaitSeconds), memory } as const;
	const waitedMs = nowEpochMs - (memory.waitingSinceEpochMs ?? nowEpochMs);
	if (waitedMs > facts.definition.progressDeadlineSeconds * 1000) return { kind: "stuck", sentence } as const;
	return { kind: "wait", sentence, waitSeconds: lookSeconds, memory } as const;
};

const planFor = (
	facts: EnrolmentFacts,
	wish: Request["wish"],
	memory: EnrolmentMemory,
	nowEpochMs: number,
): Plan<EnrolmentStep | WithdrawalStep> =>
	wish === "enrol" ? planEnrolment(facts, memory, nowEpochMs) : planWithdrawal(facts, memory, nowEpochMs);

/** Looks, decides and does the first thing that remains; says what it was, and what the next look should remember. */
export const takeStep = async (ports: Ports, request: Request, invocation: Invocation) => {
	const { service, wish, fromPriority, dryRun, by, memory } = request;
	const facts = await observe(ports, service, fromPriority).catch(behindGateway);
	if (facts === null)
		return { v: 1, service, wish, warnings: [], kind: "refused", problems: [gatewayProblem] } as const;
	const nowEpochMs = ports.clock.nowEpochMs();
	const isQuiet = wish === "enrol" ? isQuietForEnrolment(facts) : isQuietForWithdrawal(facts);
	const before = memory ?? noMemory;
	const known = remembered(before, isQuiet, before.waitingFor, nowEpochMs);
	const { problems, warnings, steps } = planFor(facts, wish, known, nowEpochMs);
	const said = { v: 1, service, wish, warnings } as const;
	if (problems.length > 0) {
		ports.telemetry.warn("refused", { service, wish, problems });
		return { ...said, kind: "refused", problems } as const;
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
		await act(ports, facts, step);
	} catch (error) {
		if (!(error instanceof ConflictError)) throw error;
		// Somebody wrote in between: what to do is decided anew, from what is there then.
		ports.telemetry.info("overtaken", { service, step: step.kind, reason: error.message });
		return { ...said, kind: "wait", sentence: error.message, waitSeconds: 5, memory: after } as const;
	}
	ports.telemetry.info("did", { service, step: step.kind, sentence, by });
	return { ...said, kind: "continue", sentence, memory: after } as const;
};
