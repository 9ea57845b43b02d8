import type { EnrolmentMemory } from "./enrolment.ts";
import type { CommonFacts, EnrolmentFacts, Problem } from "./enrolment-facts.ts";
import { isMoved } from "./enrolment-refusals.ts";

/** Times that something may be undone on the way in before somebody has to look at it: each is one that users notice. */
const mostTimes = 3;

/** Base rules that were given up one after the other; while the last one still sends a slot everything, it goes first. */
const renewalProblems = (facts: EnrolmentFacts, { rulesGivenUp = 0 }: EnrolmentMemory): readonly Problem[] => {
	const { definition, route, record, fromPriority } = facts;
	if (rulesGivenUp < mostTimes || record !== null || isMoved(route, definition)) return [];
	const priority = fromPriority ?? "<priority of your own rule>";
	return [
		{
			what: `the base rule at priority ${definition.route.basePriority}`,
			value: `given up ${rulesGivenUp} times: slot blue failed once it had everything, or somebody else wrote the rule`,
			allowed: `pods of slot blue that go on serving, and a rule that nobody else writes: your own rule and your own pods serve; mend that, and ask again with --from-priority ${priority}`,
		},
	];
};

/** Callers in the cluster that do not stay with the slot; the user's own pods, which have them, still run. */
export const callersMovedProblems = (
	{ definition, record, cluster: { inClusterService, users } }: CommonFacts,
	{ callersSent = 0 }: EnrolmentMemory,
): readonly Problem[] => {
	const { inClusterService: name } = definition.workload;
	const isWithUsers = name !== null && inClusterService?.slot !== "blue" && (users?.readyReplicas ?? 0) > 0;
	return callersSent < mostTimes || record !== null || !isWithUsers
		? []
		: [
				{
					what: `in-cluster Service "${name}"`,
					value: `does not select slot blue, after it was pointed there ${callersSent} times`,
					allowed:
						"sluice.dev/slot=blue left in its selector, and pods of slot blue that go on serving: your own pods have its callers; leave that label out of what your GitOps tool applies, and ask again",
				},
			];
};

/** What an execution has done so often on the way in, and found undone, that doing it once more would not help. */
export const limitProblems = (facts: EnrolmentFacts, memory: EnrolmentMemory): readonly Problem[] => {
	const renewals = renewalProblems(facts, memory);
	return renewals.length > 0 ? renewals : callersMovedProblems(facts, memory);
};

/** Remembers that a base rule is given up, before it is deleted; whoever named no priority has the next one copied from the same rule. */
export const afterGivingUp = (
	memory: EnrolmentMemory,
	{ ruleArn, fromPriority }: { readonly ruleArn: string; readonly fromPriority: number | null },
): EnrolmentMemory => ({
	...memory,
	givenUpRuleArn: ruleArn,
	rulesGivenUp: (memory.rulesGivenUp ?? 0) + 1,
	fromPriority: fromPriority ?? memory.fromPriority,
});
