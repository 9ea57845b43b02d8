import { isOurs, soleGroupOf } from "./base-rule.ts";
import type { EnrolmentMemory } from "./enrolment.ts";
import type { CommonFacts, EnrolmentFacts } from "./enrolment-facts.ts";
import { isMoved } from "./enrolment-refusals.ts";
import { ownHealthyTargets } from "./own-rule.ts";

/** Whether a slot that was given everything serves nobody, while the user's own pods still could. */
export const isDead = ({ slots: { blue }, cluster: { users } }: CommonFacts): boolean =>
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
