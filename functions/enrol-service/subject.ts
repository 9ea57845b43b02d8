import {
	type EnrolmentMemory,
	type EnrolmentStep,
	isQuietForEnrolment,
	type Plan,
	planEnrolment,
} from "../../lib/domain/enrolment.ts";
import type { CommonFacts, EnrolmentFacts, GatewayFacts } from "../../lib/domain/enrolment-facts.ts";
import { isQuietForGatewayEnrolment, planGatewayEnrolment } from "../../lib/domain/gateway-enrolment.ts";
import { isQuietForGatewayWithdrawal, planGatewayWithdrawal } from "../../lib/domain/gateway-withdrawal.ts";
import { isGatewayServed, isServed } from "../../lib/domain/served.ts";
import type { GatewayRoute } from "../../lib/domain/service-definition.ts";
import { planWithdrawal, type WithdrawalStep } from "../../lib/domain/withdrawal.ts";
import { isQuietForWithdrawal } from "../../lib/domain/withdrawal-reach.ts";
import type { TargetHealth } from "../../lib/ports/target-health.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import { type Ports as ActPorts, act } from "./act.ts";
import { type Ports as ObservePorts, observe, observeGateway } from "./observe.ts";

export interface Ports extends ObservePorts, ActPorts {
	readonly router: TrafficRouter<GatewayRoute>;
	readonly targetHealth: TargetHealth<GatewayRoute>;
}

type Step = EnrolmentStep | WithdrawalStep;

/** A service as it was just found, and what can be decided and done about it; the same for both kinds of router. */
export interface Subject {
	readonly facts: CommonFacts;
	/** Whether nothing is sent any more to what is to be stopped. */
	readonly isQuiet: boolean;
	/** Whether whoever gets requests at this moment was seen to be able to serve. */
	readonly isServed: boolean;
	plan(memory: EnrolmentMemory, nowEpochMs: number): Plan<Step>;
	act(step: Step): Promise<void>;
}

const balanced = (ports: Ports, facts: EnrolmentFacts, isEnrolling: boolean): Subject => ({
	facts,
	isQuiet: isEnrolling ? isQuietForEnrolment(facts) : isQuietForWithdrawal(facts),
	isServed: isServed(facts),
	plan: (memory, nowEpochMs) =>
		isEnrolling ? planEnrolment(facts, memory, nowEpochMs) : planWithdrawal(facts, memory, nowEpochMs),
	act: (step) => act(ports, facts, step),
});

const routed = (ports: Ports, facts: GatewayFacts, isEnrolling: boolean): Subject => ({
	facts,
	isQuiet: isEnrolling ? isQuietForGatewayEnrolment(facts) : isQuietForGatewayWithdrawal(facts),
	isServed: isGatewayServed(facts),
	plan: (memory, nowEpochMs) =>
		isEnrolling ? planGatewayEnrolment(facts, memory, nowEpochMs) : planGatewayWithdrawal(facts, memory, nowEpochMs),
	act: (step) => act(ports, facts, step),
});

/** Looks at a service, whichever way requests reach it. */
export const subjectOf = async (
	ports: Ports,
	service: string,
	wish: "enrol" | "release",
	fromPriority: number | null,
): Promise<Subject> => {
	const { definition } = await ports.catalog.read(service);
	const { route } = definition;
	const isEnrolling = wish === "enrol";
	return route.kind === "gateway-api"
		? routed(ports, await observeGateway(ports, { ...definition, route }), isEnrolling)
		: balanced(ports, await observe(ports, { ...definition, route }, fromPriority, isEnrolling), isEnrolling);
};
