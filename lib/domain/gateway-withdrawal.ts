import { type EnrolmentMemory, type Plan, quietSecondsSince } from "./enrolment.ts";
import type { GatewayFacts, Problem } from "./enrolment-facts.ts";
import { gatewayDrainSeconds } from "./gateway-enrolment.ts";
import { type SlotName, slotNames } from "./slot.ts";
import { stepsToReadyUsers, type WithdrawalStep, withdrawalWarnings } from "./withdrawal.ts";
import { stepsAtRecord, stepsToFreeService, stepsToKeepUsers, stepsToLendService } from "./withdrawal-fences.ts";
import { slotsRun } from "./withdrawal-reach.ts";
import { busyProblems, lentProblems, replicasProblems } from "./withdrawal-refusals.ts";

/** The slot that serves, or served when the service was withdrawn. */
const servingSlot = ({ record, tombstone, base }: GatewayFacts): SlotName =>
	record?.stableSlot ?? tombstone?.leaving?.slot ?? slotNames.find((name) => base?.[name] === 100) ?? "blue";

/** Whether nothing reaches a slot any more, by the route and by the in-cluster Service's selector. */
export const isQuietForGatewayWithdrawal = ({ reachesNoSlot, cluster }: GatewayFacts): boolean =>
	reachesNoSlot && (cluster.inClusterService?.slot ?? null) === null;

/** Whether there is anything that requests could depend on; a route alone, which names no slot or is missing, is the user's. */
const isHeld = (facts: GatewayFacts): boolean => facts.record !== null || facts.base !== null || slotsRun(facts);

const problemsOf = (facts: GatewayFacts, memory: EnrolmentMemory): readonly Problem[] => {
	const { workload } = facts.definition;
	return [
		...busyProblems(facts),
		...lentProblems(facts, memory),
		...replicasProblems(facts, servingSlot(facts), memory),
		...(isHeld(facts) && facts.cluster.users === null
			? [
					{
						what: `Deployment "${workload.namespace}/${workload.deployment}"`,
						value: "missing",
						allowed: "your own Deployment, which traffic goes back to",
					},
				]
			: []),
	];
};

/**
 * The user's own pods get what serves now, in full, beside it; then the user points the route at them. They are looked
 * at for as long as a slot runs: somebody may stop them again after the route has left it.
 */
const stepsToUsers = (facts: GatewayFacts): readonly WithdrawalStep[] => {
	const { users } = facts.cluster;
	if (users === null || !isHeld(facts)) return [];
	const steps = [...stepsToReadyUsers(facts, users, servingSlot(facts), null, !facts.reachesNoSlot)];
	if (!facts.reachesNoSlot) steps.push({ kind: "await-route-back" });
	return steps;
};

const stepsAway = (facts: GatewayFacts, memory: EnrolmentMemory, nowEpochMs: number): readonly WithdrawalStep[] => {
	const { cluster, slots, record, tombstone } = facts;
	const steps: WithdrawalStep[] = [];
	steps.push(...stepsToFreeService(facts));
	const isRunning = slotsRun(facts);
	const quietSeconds = isQuietForGatewayWithdrawal(facts) ? quietSecondsSince(memory, nowEpochMs) : 0;
	const left = gatewayDrainSeconds(facts) - quietSeconds;
	if (isRunning && left > 0) steps.push({ kind: "await-drain", seconds: Math.ceil(left) });
	for (const name of slotNames)
		if (slots[name].wantedReplicas > 0) steps.push({ kind: "retire-slot", slot: name, epoch: slots[name].epoch });
	for (const name of slotNames) {
		const { hasService, hasDeployment, hasAutoscaler } = cluster.slots[name];
		if (hasService || hasDeployment || hasAutoscaler) steps.push({ kind: "remove-slot", slot: name });
	}
	const epoch = Math.max(record?.epoch ?? 0, tombstone?.epoch ?? 0);
	if (record !== null || tombstone?.leaving !== undefined) steps.push({ kind: "close-record", epoch });
	return steps;
};

/** What remains to be done until the user's own Deployment serves again behind the user's own route. */
export const planGatewayWithdrawal = (
	facts: GatewayFacts,
	memory: EnrolmentMemory,
	nowEpochMs: number,
): Plan<WithdrawalStep> => {
	// The route is the user's to point, whoever cannot serve; callers in the cluster have but the Service to follow.
	const again = stepsToLendService(facts, servingSlot(facts));
	const problems = again.length > 0 ? [] : problemsOf(facts, memory);
	const warnings = withdrawalWarnings(facts);
	if (problems.length > 0) return { problems, warnings, steps: [] };
	return {
		problems,
		warnings,
		steps: [
			...again,
			...stepsAtRecord(facts),
			...stepsToKeepUsers(facts),
			...stepsToUsers(facts),
			...stepsAway(facts, memory, nowEpochMs),
		],
	};
};
