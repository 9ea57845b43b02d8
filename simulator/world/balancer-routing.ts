import type { LoadBalancerRoute, Preview } from "../../lib/domain/service-definition.ts";
import type { SlotName, SlotWeights } from "../../lib/domain/slot.ts";
import { previewPriorityOf } from "../../lib/domain/traffic-route.ts";
import type { ListenerRule, RuleCondition } from "./load-balancer.ts";
import type { Routing, RoutingTrial } from "./routing.ts";
import type { World } from "./world.ts";

/** Requests follow rules within two seconds; the rest is for what was on its way. */
const followsWithinMs = 2_500;

/** What tells requests of testers from those of users. */
export const testersConditions = (
	conditions: readonly RuleCondition[],
	{ header: { name, value } }: Preview,
): readonly RuleCondition[] => [...conditions, { field: "http-header", name, values: [value] }];

/** A service behind a load balancer: a base rule, a trial rule above it, and above that one for testers. */
export const balancerRouting = (
	{ loadBalancer, targetGroups }: Pick<World, "loadBalancer" | "targetGroups">,
	route: LoadBalancerRoute,
): Routing => {
	const { listenerArn, basePriority, trialPriority, targetGroupArns } = route;
	const at = { base: basePriority, trial: trialPriority } as const;
	const previewPriority = previewPriorityOf(route);
	const ruleAt = (what: "base" | "trial"): ListenerRule | null => loadBalancer.ruleAt(listenerArn, at[what]);
	// Of the service's requests: its base rule's, as enrolment left them.
	const conditions = ruleAt("base")?.conditions ?? [];
	const weightsOf = ({ weights }: ListenerRule): SlotWeights => ({
		blue: weights[targetGroupArns.blue] ?? 0,
		green: weights[targetGroupArns.green] ?? 0,
	});
	const percentOf = (slot: SlotName, kind: readonly RuleCondition[]): number => {
		const weights = loadBalancer.configured(listenerArn, kind);
		let total = 0;
		for (const weight of Object.values(weights)) total += weight;
		return total === 0 ? 0 : (100 * (weights[targetGroupArns[slot]] ?? 0)) / total;
	};
	const trialOf = (rule: ListenerRule | null): RoutingTrial | null =>
		rule && { name: rule.ruleArn, rolloutId: rule.tags["sluice:rollout"] ?? null, weights: weightsOf(rule) };
	return {
		configuredPercent: (slot) => percentOf(slot, conditions),
		preview: () => (previewPriority === null ? null : trialOf(loadBalancer.ruleAt(listenerArn, previewPriority))),
		testersPercent: (slot) =>
			route.preview === undefined ? 0 : percentOf(slot, testersConditions(conditions, route.preview)),
		base: () => {
			const rule = ruleAt("base");
			return rule && weightsOf(rule);
		},
		trial: () => trialOf(ruleAt("trial")),
		isOpen: (trialName) => loadBalancer.rule(trialName) !== null,
		healthyTargets: (slot) => targetGroups.states(targetGroupArns[slot]).filter((state) => state === "healthy").length,
		weigh: (what, { blue, green }) => {
			const rule = ruleAt(what);
			if (rule === null) return;
			loadBalancer.modifyRule(rule.ruleArn, { [targetGroupArns.blue]: blue, [targetGroupArns.green]: green });
		},
		removeTrial: () => {
			const rule = ruleAt("trial");
			if (rule !== null) loadBalancer.deleteRule(rule.ruleArn);
		},
		followsWithinMs,
	};
};
