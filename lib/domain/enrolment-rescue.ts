import { fromPriorityTag, isOurs, soleGroupOf } from "./base-rule.ts";
import type { EnrolmentMemory, EnrolmentStep } from "./enrolment.ts";
import type { CommonFacts, EnrolmentFacts } from "./enrolment-facts.ts";
import { isMoved, leavingProblems } from "./enrolment-refusals.ts";
import { ownHealthyTargets } from "./own-rule.ts";

/** Whether a slot that was given everything serves nobody, while the user's own pods still could. */
const isDead = ({ slots: { blue }, cluster: { users } }: CommonFacts): boolean =>
	(blue.readyReplicas === 0 || blue.healthyTargets === 0) && (users?.readyReplicas ?? 0) > 0;

/**
 * The base rule that has to be replaced by a new one, null where it is good. No write turns it round: one that came late,
 * after traffic had moved again, would send everything to pods that are stopped by then.
 */
export const ruleToRenew = (facts: EnrolmentFacts, { givenUpRuleArn }: EnrolmentMemory): string | null => {
	const { route, definition, record } = facts;
	const { base } = route;
	if (record !== null || base === null || !isOurs(base, definition.environment)) return null;
	if (isMoved(route, definition)) {
		const isLost = isDead(facts) || givenUpRuleArn === base.ruleArn;
		return isLost && (ownHealthyTargets(facts) ?? 0) > 0 ? base.ruleArn : null;
	}
	// Written by hand since: nobody checks targets of a group that no rule names.
	const isWhole = Object.values(definition.route.targetGroupArns).every((arn) => base.weights[arn] !== undefined);
	return isWhole || soleGroupOf(base, definition.route) === null ? null : base.ruleArn;
};

/**
 * Callers in the cluster that are with a slot which serves nobody go to the user's own pods, whatever else is wrong. Not in
 * a service that is leaving, whose callers are giving back's to send.
 */
export const stepsToFreeCallers = (facts: CommonFacts, epoch: number): readonly EnrolmentStep[] =>
	facts.record === null &&
	isDead(facts) &&
	facts.cluster.inClusterService?.slot === "blue" &&
	leavingProblems(facts).length === 0
		? [{ kind: "free-in-cluster-service", epoch }]
		: [];

/**
 * Back to the user's own rule and pods; what follows is an enrolment before its move. Callers in the cluster first: once
 * the rule is gone, whatever forbids to make another one would stand between them and pods that serve.
 */
export const stepsToRescue = (
	facts: EnrolmentFacts,
	memory: EnrolmentMemory,
	epoch: number,
): readonly EnrolmentStep[] => {
	const ruleArn = ruleToRenew(facts, memory);
	const from = Number(facts.route.base?.tags[fromPriorityTag]);
	const fromPriority = Number.isInteger(from) ? from : null;
	return [
		...stepsToFreeCallers(facts, epoch),
		...(ruleArn === null ? [] : [{ kind: "renew-base-rule", ruleArn, fromPriority } as const]),
	];
};
