import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { maxConditionValues } from "../domain/base-rule.ts";
import type { LoadBalancerRoute } from "../domain/service-definition.ts";
import { weightsFor } from "../domain/slot.ts";
import { previewPriorityOf } from "../domain/traffic-route.ts";
import {
	TrafficConflictError,
	type TrafficRouter,
	TrialGoneConflictError,
	type TrialRule,
} from "../ports/traffic-router.ts";
import { forwardTo, weightsOf } from "./alb-forward.ts";
import { albRolloutRules, assertOpenedBy, type RolloutRule } from "./alb-rollout-rules.ts";
import { type AlbRuleCopy, conditionValuesOf, copyOfRule } from "./alb-rule-copy.ts";
import { albRules, atPriority, type ListedRule } from "./alb-rules.ts";

/** The base rule of a route. @throws TrafficConflictError where it is missing or does anything but forward to the two slots. */
const baseOf = (route: LoadBalancerRoute, listed: readonly ListedRule[]): ListedRule => {
	const base = atPriority(listed, route.basePriority);
	if (base !== undefined && weightsOf(base.rule, route) !== null) return base;
	const found = base === undefined ? "is missing" : "does something else";
	throw new TrafficConflictError(
		`Base rule at priority ${route.basePriority} of ${route.listenerArn} ${found}: ` +
			"allowed is one that forwards to the service's two target groups and does nothing else.",
	);
};

const trialRuleOf = ({ ruleArn, rolloutId, rule }: RolloutRule, route: LoadBalancerRoute): TrialRule => ({
	ruleArn,
	rolloutId,
	weights: weightsOf(rule, route) ?? { blue: 0, green: 0 },
});

/** A rule that a rollout has of its own: where it stands, and which requests it matches. */
interface Place {
	readonly priority: number;
	readonly copy: AlbRuleCopy;
}

/**
 * The trial rule's place, and that of the rule for testers where there are any.
 * @throws TrafficConflictError where the base rule leaves no room for one more condition.
 */
const placesOf = (route: LoadBalancerRoute, copy: AlbRuleCopy): readonly Place[] => {
	const { trialPriority, basePriority, preview } = route;
	const priority = previewPriorityOf(route);
	const trial = { priority: trialPriority, copy };
	if (preview === undefined || priority === null) return [trial];
	const values = conditionValuesOf(copy);
	if (values >= maxConditionValues)
		throw new TrafficConflictError(
			`Base rule at priority ${basePriority} of ${route.listenerArn} has ${values} condition values: allowed are ` +
				`${maxConditionValues - 1} beside a preview, whose header is one more.`,
		);
	const { name, value } = preview.header;
	const header = { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: name, Values: [value] } };
	return [trial, { priority, copy: { ...copy, Conditions: [...copy.Conditions, header] } }];
};

/** The listener that a rule belongs to: AWS makes the rule's ARN of the listener's and an id. */
const listenerArnOf = (ruleArn: string): string =>
	ruleArn.slice(0, ruleArn.lastIndexOf("/")).replace(":listener-rule/", ":listener/");

/**
 * Traffic through listener rules of an Application Load Balancer: a trial rule one priority before the service's base
 * rule, and one more before that for testers, where the service has any.
 * Deleting it is the rollback, and fences: ModifyRule on a deleted rule fails, however late it comes (D4).
 */
export const albTrafficRouter = (
	client: ElasticLoadBalancingV2Client,
	environment: string,
): TrafficRouter<LoadBalancerRoute> => {
	const rules = albRules(client);
	const owned = albRolloutRules(rules, environment);
	return {
		open: async (route, rolloutId, stableSlot) => {
			const listed = await rules.list(route.listenerArn);
			const { rule: base } = baseOf(route, listed);
			const places = placesOf(route, copyOfRule(base));
			// Both places are looked at before either is taken: a rollout that cannot have both has neither.
			const found: (RolloutRule | null)[] = [];
			for (const { priority } of places) found.push(await owned.at(listed, priority));
			for (const rule of found) if (rule !== null) assertOpenedBy(rolloutId, rule, route);
			const opened: string[] = [];
			for (const [index, { priority, copy }] of places.entries())
				opened.push(
					found[index]?.ruleArn ??
						(await owned.make(route, priority, rolloutId, {
							...copy,
							Actions: forwardTo(route, weightsFor(stableSlot, 0)),
						})),
				);
			const [trialRuleArn = "", previewRuleArn] = opened;
			return { trialRuleArn, ...(previewRuleArn !== undefined && { previewRuleArn }) };
		},

		shift: async (route, trialRuleArn, weights) => {
			const wasFound = await rules.modify(route.listenerArn, trialRuleArn, forwardTo(route, weights));
			if (!wasFound)
				throw new TrialGoneConflictError(`Trial rule ${trialRuleArn} is gone: a rollback or a closing came first.`);
		},

		read: async (route) => {
			const listed = await rules.list(route.listenerArn);
			const base = atPriority(listed, route.basePriority);
			const trial = await owned.at(listed, route.trialPriority);
			const preview = await owned.at(listed, previewPriorityOf(route));
			return {
				base: base === undefined ? null : weightsOf(base.rule, route),
				trial: trial && trialRuleOf(trial, route),
				// A rule of somebody else's is no more ours to look at there than at any other priority.
				...(preview !== null && preview.rolloutId !== null && { preview: trialRuleOf(preview, route) }),
			};
		},

		abandon: async (trial) => {
			if (typeof trial === "string") {
				await rules.remove(listenerArnOf(trial), trial);
				return;
			}
			const listed = await rules.list(trial.listenerArn);
			for (const priority of [trial.trialPriority, previewPriorityOf(trial)]) {
				const found = await owned.at(listed, priority);
				if (found?.rolloutId != null) await rules.remove(trial.listenerArn, found.ruleArn);
			}
		},

		adopt: async (route, slot) => {
			const base = baseOf(route, await rules.list(route.listenerArn));
			const wasFound = await rules.modify(route.listenerArn, base.ruleArn, forwardTo(route, weightsFor(slot, 0)));
			if (!wasFound)
				throw new TrafficConflictError(`Base rule ${base.ruleArn} was deleted while it was being pointed at ${slot}.`);
		},
	};
};
