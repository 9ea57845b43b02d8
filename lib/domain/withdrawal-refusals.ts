import { isOurs, usersGroupOf } from "./base-rule.ts";
import type { EnrolmentMemory } from "./enrolment.ts";
import type { CommonFacts, EnrolmentFacts, Problem, UsersDeployment } from "./enrolment-facts.ts";
import { ownRuleProblems } from "./own-rule.ts";
import type { SlotName } from "./slot.ts";
import { isServedByUsers, reachesSlot, servingSlot, slotsRun } from "./withdrawal-reach.ts";

/** A service goes when it is idle. */
export const busyProblems = ({ record }: CommonFacts): readonly Problem[] =>
	record === null || record.phase === "idle"
		? []
		: [
				{
					what: "service",
					value: `${record.phase}, rollout ${record.rolloutId}`,
					allowed: "idle: end the rollout first, or abort it",
				},
			];

/** Rules that nobody but the user may write must not send anything to what is to be deleted. */
const foreignRuleProblems = ({ route, definition }: EnrolmentFacts): readonly Problem[] =>
	route.rules
		.filter((rule) => {
			const own = [route.base, route.trial, route.preview].find((known) => known?.ruleArn === rule.ruleArn);
			return !isOurs(own ?? null, definition.environment) && reachesSlot(rule, definition);
		})
		.map(({ priority }) => ({
			what: `the rule at priority ${priority}`,
			value: "sends requests to a slot, and carries no tag of this environment's",
			allowed:
				priority === definition.route.basePriority
					? `the tags sluice:environment=${definition.environment} and sluice:users-group, or a rule that forwards to your own target group`
					: "a rule that forwards elsewhere: the slots are to be deleted",
		}));

/** Pods that serve now, or that are wanted if those are more: what has to be ready elsewhere before they go. */
export const podsServing = ({ slots }: CommonFacts, slot: SlotName): number =>
	Math.max(1, slots[slot].wantedReplicas, slots[slot].readyReplicas);

/** Starts of the user's own pods after which it is said that somebody else stops them. */
const mostStarts = 5;

/** Remembers a start. One that follows a growing load is not counted: nobody has stopped anything. */
export const afterStart = (
	memory: EnrolmentMemory,
	users: UsersDeployment | null,
	usersSet: number,
): EnrolmentMemory => {
	const { usersStarts = 0, usersSet: before = Number.POSITIVE_INFINITY } = memory;
	return { ...memory, usersStarts: usersStarts + ((users?.replicas ?? 0) < before ? 1 : 0), usersSet };
};

/** Somebody, often git, goes on setting fewer replicas than serve: with those, users would be served by too few. */
export const replicasProblems = (
	facts: CommonFacts,
	slot: SlotName,
	{ usersStarts = 0 }: EnrolmentMemory,
): readonly Problem[] => {
	const { cluster, definition } = facts;
	const { namespace, deployment } = definition.workload;
	const needed = podsServing(facts, slot);
	const replicas = cluster.users?.replicas ?? needed;
	return usersStarts < mostStarts || replicas >= needed || !slotsRun(facts)
		? []
		: [
				{
					what: `replicas of Deployment "${namespace}/${deployment}"`,
					value: `${replicas} again, after as many as serve were set ${usersStarts} times`,
					allowed: `${needed} at least, as many as serve now: put that, or no replicas at all, where the Deployment is kept (git, or an autoscaler's upper bound), and ask again`,
				},
			];
};

/** Times that the user's own pods may fail once they have taken over, before somebody has to look at them. */
const mostFailures = 3;

/** Remembers that the user's own pods had taken over and could not serve. */
export const afterFailure = (memory: EnrolmentMemory): EnrolmentMemory => ({
	...memory,
	usersFailures: (memory.usersFailures ?? 0) + 1,
});

/** Pods that get ready, take over and fail, over and over: each time is one that users notice. */
const failureProblems = (facts: EnrolmentFacts, { usersFailures = 0 }: EnrolmentMemory): readonly Problem[] => {
	const { namespace, deployment } = facts.definition.workload;
	return usersFailures < mostFailures || isServedByUsers(facts) || !slotsRun(facts)
		? []
		: [
				{
					what: `pods of Deployment "${namespace}/${deployment}"`,
					value: `failed ${usersFailures} times after they had taken over`,
					allowed: "pods that go on serving: the slot has everything again; mend them, and ask again",
				},
			];
};

/** Callers that were freed over and over to pods that stopped to be ready; the slot that has them again can serve them. */
export const lentProblems = (
	{ definition, cluster: { inClusterService }, slots }: CommonFacts,
	{ callersSent = 0 }: EnrolmentMemory,
): readonly Problem[] => {
	const slot = inClusterService?.slot ?? null;
	if (callersSent < mostFailures || slot === null || slots[slot].readyReplicas === 0) return [];
	const { namespace, deployment, inClusterService: name } = definition.workload;
	return [
		{
			what: `callers of in-cluster Service "${name}"`,
			value: `sent back to slot ${slot} ${callersSent} times, because no pod of Deployment "${namespace}/${deployment}" was ready`,
			allowed: "pods that stay ready: the slot has those callers; mend the pods, and ask again",
		},
	];
};

/** Everything that forbids giving back, or going on with it; empty where nothing does. */
export const withdrawalProblems = (facts: EnrolmentFacts, memory: EnrolmentMemory): readonly Problem[] => {
	const { record, cluster, route, definition } = facts;
	const ours = isOurs(route.base, definition.environment);
	const what = `Deployment "${definition.workload.namespace}/${definition.workload.deployment}"`;
	return [
		...busyProblems(facts),
		...foreignRuleProblems(facts),
		...ownRuleProblems(facts),
		...failureProblems(facts, memory),
		...lentProblems(facts, memory),
		...replicasProblems(facts, servingSlot(facts), memory),
		...((record !== null || ours || slotsRun(facts)) && cluster.users === null
			? [{ what, value: "missing", allowed: "your own Deployment, which traffic goes back to" }]
			: []),
		...(ours && usersGroupOf(route, definition.route) === null
			? [
					{
						what: "tag sluice:users-group of the base rule",
						value: "missing",
						allowed: "the ARN of your own target group, which traffic goes back to",
					},
				]
			: []),
	];
};
