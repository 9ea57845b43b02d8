import type { LoadBalancerRoute } from "../../lib/domain/service-definition.ts";
import type { SlotWeights } from "../../lib/domain/slot.ts";
import type { ListenerRule } from "./load-balancer.ts";
import type { Routing } from "./routing.ts";
import type { World } from "./world.ts";

/** Requests follow rules within two seconds; the rest is for what was on its way. */
const followsWithinMs = 2_500;

/** A service behind a load balancer: a base rule, and a trial rule above it. */
export const balancerRouting = (
	{ loadBalancer, targetGroups }: Pick<World, "loadBalancer" | "targetGroups">,
	{ listenerArn, basePriority, trialPriority, targetGroupArns }: LoadBalancerRoute,
): Routing => {
	const at = { base: basePriority, trial: trialPriority } as const;
	const ruleAt = (what: "base" | "trial"): ListenerRule | null => loadBalancer.ruleAt(listenerArn, at[what]);
	// Of the service's requests: its base rule's, as enrolment left them.
	const conditions = ruleAt("base")?.conditions ?? [];
	const weightsOf = ({ weights }: ListenerRule): SlotWeights => ({
		blue: weights[targetGroupArns.blue] ?? 0,
		green: weights[targetGroupArns.green] ?? 0,
	});
	return {
		configuredPercent: (slot) => {
			const weights = loadBalancer.configured(listenerArn, conditions);
			let total = 0;
			for (const weight of Object.values(weights)) total += weight;
			return total === 0 ? 0 : (100 * (weights[targetGroupArns[slot]] ?? 0)) / total;
		},
		base: () => {
			const rule = ruleAt("base");
			return rule && weightsOf(rule);
		},
		trial: () => {
			const rule = ruleAt("trial");
			return rule && { name: rule.ruleArn, rolloutId: rule.tags["sluice:rollout"] ?? null, weights: weightsOf(rule) };
		},
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
