import { type EnrolmentMemory, type Plan, quietSecondsSince } from "./enrolment.ts";
import type { GatewayFacts, Problem } from "./enrolment-facts.ts";
import { gatewayDrainSeconds } from "./gateway-enrolment.ts";
import { type SlotName, slotNames } from "./slot.ts";
import {
	busyProblems,
	needsImage,
	releaseServed,
	stepsAtRecord,
	type WithdrawalStep,
	withdrawalWarnings,
} from "./withdrawal.ts";

/** The slot that serves, or served when the service was withdrawn. */
const servingSlot = ({ record, tombstone, base }: GatewayFacts): SlotName =>
	record?.stableSlot ?? tombstone?.leaving?.slot ?? slotNames.find((name) => base?.[name] === 100) ?? "blue";

/** Whether nothing reaches a slot any more, by the route and by the in-cluster Service's selector. */
export const isQuietForGatewayWithdrawal = ({ base, cluster }: GatewayFacts): boolean =>
	base === null && (cluster.inClusterService?.slot ?? null) === null;

const problemsOf = (facts: GatewayFacts): readonly Problem[] => {
	const { workload } = facts.definition;
	const isServedHere = facts.record !== null || facts.base !== null;
	return [
		...busyProblems(facts),
		...(isServedHere && facts.cluster.users === null
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

/** The user's own pods get what serves now, in full, beside it; then the user points the route at them. */
const stepsToUsers = (facts: GatewayFacts): readonly WithdrawalStep[] => {
	const { users } = facts.cluster;
	if (users === null || facts.base === null) return [];
	const serving = facts.slots[servingSlot(facts)];
	const { resourceVersion } = users;
	const release = releaseServed(facts);
	const needed = Math.max(1, serving.wantedReplicas, serving.readyReplicas);
	const missing = [
		...(users.readyReplicas < needed ? [`${users.readyReplicas} of ${needed} pods are ready`] : []),
		...(users.isSettled ? [] : ["not all pods are of the newest template"]),
	];
	const steps: WithdrawalStep[] = [];
	if (release !== null && needsImage(facts, release.imageDigest))
		steps.push({ kind: "set-users-image", imageDigest: release.imageDigest, resourceVersion });
	if (users.wantedReplicas < needed) steps.push({ kind: "start-users", replicas: needed, resourceVersion });
	if (missing.length > 0) steps.push({ kind: "await-users", missing });
	steps.push({ kind: "await-route-back" });
	return steps;
};

const stepsAway = (facts: GatewayFacts, memory: EnrolmentMemory, nowEpochMs: number): readonly WithdrawalStep[] => {
	const { cluster, slots, record, tombstone } = facts;
	const steps: WithdrawalStep[] = [];
	if (cluster.inClusterService !== null && cluster.inClusterService.slot !== null)
		steps.push({ kind: "free-in-cluster-service" });
	const isRunning = slotNames.some((name) => slots[name].wantedReplicas > 0);
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
	const problems = problemsOf(facts);
	const warnings = withdrawalWarnings(facts);
	if (problems.length > 0) return { problems, warnings, steps: [] };
	return {
		problems,
		warnings,
		steps: [...stepsAtRecord(facts), ...stepsToUsers(facts), ...stepsAway(facts, memory, nowEpochMs)],
	};
};
