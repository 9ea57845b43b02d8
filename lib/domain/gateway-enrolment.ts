import { gatewayEnrolledProblems } from "./enrolled-problems.ts";
import {
	type EnrolmentMemory,
	type EnrolmentStep,
	epochFor,
	isFilled,
	lackAfterMove,
	type Plan,
	quietSecondsSince,
	servingRelease,
	stepsToFill,
	stepsToStop,
} from "./enrolment.ts";
import type { GatewayFacts, Problem } from "./enrolment-facts.ts";
import { callersMovedProblems } from "./enrolment-limits.ts";
import {
	boundsProblems,
	configMapProblems,
	inClusterServiceProblems,
	leavingProblems,
	roomProblems,
	runningProblems,
	workloadProblems,
} from "./enrolment-refusals.ts";
import { autoscalerWarnings } from "./enrolment-warnings.ts";
import { type SlotName, slotNames } from "./slot.ts";

/** What enrolment makes the serving slot; any other would do. */
const slot: SlotName = "blue";

/** Whether the user has handed the route over: everything goes to the slot, or to both once it is on record. */
const hasMoved = ({ base, record }: GatewayFacts): boolean => (record === null ? base?.[slot] === 100 : base !== null);

/** Seconds after which nothing that was sent to the old place is under way any more (D4). */
export const gatewayDrainSeconds = ({ definition, cluster: { users } }: GatewayFacts): number =>
	Math.max(300, definition.drainSeconds, users?.terminationGraceSeconds ?? 0);

/** Whether, in enrolling, nothing reaches the user's own pods any more. */
export const isQuietForGatewayEnrolment = (facts: GatewayFacts): boolean =>
	hasMoved(facts) &&
	(facts.definition.workload.inClusterService === null || facts.cluster.inClusterService?.slot !== null);

const problemsOf = (facts: GatewayFacts, memory: EnrolmentMemory): readonly Problem[] => {
	const { httpRoute } = facts.definition.route;
	const leaving = leavingProblems(facts);
	if (leaving.length > 0) return leaving;
	if (facts.record !== null) return gatewayEnrolledProblems(facts);
	return [
		...workloadProblems(facts),
		...runningProblems(facts, hasMoved(facts)),
		...inClusterServiceProblems(facts),
		...configMapProblems(facts),
		...roomProblems(facts, hasMoved(facts)),
		...boundsProblems(facts),
		...callersMovedProblems(facts, memory),
		...(facts.isTrialOpen
			? [{ what: `HTTPRoute "${httpRoute}"`, value: "with a trial open", allowed: "one without marks of a rollout" }]
			: []),
	];
};

/** Services that are missing, or were deleted since: without them no pod of a slot can be named by the route. */
const stepsToBind = ({ cluster }: GatewayFacts): readonly EnrolmentStep[] =>
	slotNames.flatMap((name): EnrolmentStep[] =>
		cluster.slots[name].hasService ? [] : [{ kind: "bind-slot", slot: name }],
	);

/** The slot gets what serves now, in full, beside it; then the user points the route at it. */
const stepsBeforeMove = (facts: GatewayFacts): readonly EnrolmentStep[] => {
	const release = servingRelease(facts, false);
	if (release === null) return [];
	return [...stepsToFill(facts, release), ...(hasMoved(facts) ? [] : [{ kind: "await-route" } as const])];
};

const stepsAfterMove = (
	facts: GatewayFacts,
	isBefore: boolean,
	memory: EnrolmentMemory,
	nowEpochMs: number,
): readonly EnrolmentStep[] => {
	const { definition, cluster, slots, record } = facts;
	const { users } = cluster;
	const release = servingRelease(facts, !isBefore);
	const isDeployed = !isBefore || isFilled(facts, release);
	const epoch = epochFor(facts, isDeployed);
	const slotEpoch = isDeployed && slots.blue.epoch > 0 ? slots.blue.epoch : epoch;
	const isRunning = users !== null && users.replicas > 0;
	const quietSeconds = isQuietForGatewayEnrolment(facts) ? quietSecondsSince(memory, nowEpochMs) : 0;
	const left = gatewayDrainSeconds(facts) - quietSeconds;
	const steps: EnrolmentStep[] = [];
	const missing = isBefore ? [] : lackAfterMove(facts);
	if (missing.length > 0) steps.push({ kind: "await-slot", missing });
	if (definition.workload.inClusterService !== null && record === null && cluster.inClusterService?.slot !== slot)
		steps.push({ kind: "move-in-cluster-service", slot, epoch });
	if (isRunning && left > 0) steps.push({ kind: "await-drain", seconds: Math.ceil(left) });
	if (record === null && (isBefore || slots.blue.minReplicas !== cluster.minReplicas))
		steps.push({ kind: "follow-load", slot, epoch: slotEpoch });
	steps.push(...stepsToStop(users, epoch));
	if (record === null && release !== null) steps.push({ kind: "record", release, epoch, slotEpoch });
	return steps;
};

const warningsOf = (facts: GatewayFacts): readonly string[] => [
	...autoscalerWarnings(facts),
	...facts.cluster.otherServices.map(
		({ name }) =>
			`Service "${name}" selects pods of both slots: callers follow the weights only where a gateway or a mesh routes them.`,
	),
];

/**
 * What remains to be done until a running Deployment is the blue slot behind an HTTPRoute. As behind a load balancer,
 * but for the route: it is kept in a manifest of the user's, who would take back whatever somebody else wrote there.
 */
export const planGatewayEnrolment = (
	facts: GatewayFacts,
	memory: EnrolmentMemory,
	nowEpochMs: number,
): Plan<EnrolmentStep> => {
	const problems = problemsOf(facts, memory);
	const warnings = warningsOf(facts);
	if (problems.length > 0) return { problems, warnings, steps: [] };
	const { blue } = facts.slots;
	const isServing = hasMoved(facts) && blue.epoch > 0 && blue.wantedReplicas > 0 && blue.readyReplicas > 0;
	const isBefore = facts.record === null && !isServing;
	const before = isBefore ? stepsBeforeMove(facts) : [];
	return {
		problems,
		warnings,
		steps: [...stepsToBind(facts), ...before, ...stepsAfterMove(facts, isBefore, memory, nowEpochMs)],
	};
};
