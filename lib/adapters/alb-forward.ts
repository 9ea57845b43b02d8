import type { Action, Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LoadBalancerRoute } from "../domain/service-definition.ts";
import { type SlotName, type SlotWeights, slotNames } from "../domain/slot.ts";

/**
 * The action list that shares requests between both slots. A slot at weight 0 stays in the list: a target group that
 * no rule names gets no health checks. Stickiness is off, because it pins clients to a slot whatever the weights say.
 */
export const forwardTo = (route: LoadBalancerRoute, weights: SlotWeights): Action[] => [
	{
		Type: "forward",
		Order: 1,
		ForwardConfig: {
			TargetGroups: slotNames.map((slot) => ({
				TargetGroupArn: route.targetGroupArns[slot],
				Weight: weights[slot],
			})),
			TargetGroupStickinessConfig: { Enabled: false },
		},
	},
];

/**
 * The share of requests that a rule gives each slot, percent. Null for a rule that does anything but forward to the
 * two slots, an authentication before it included, and for one whose weights are all zero.
 */
export const weightsOf = (rule: Rule, route: LoadBalancerRoute): SlotWeights | null => {
	const [action, ...others] = rule.Actions ?? [];
	if (action?.Type !== "forward" || others.length > 0) return null;
	const sums: Record<SlotName, number> = { blue: 0, green: 0 };
	for (const group of action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }]) {
		const slot = slotNames.find((name) => route.targetGroupArns[name] === group.TargetGroupArn);
		if (slot === undefined) return null;
		sums[slot] += group.Weight ?? 1;
	}
	const total = sums.blue + sums.green;
	if (total === 0) return null;
	const blue = (100 * sums.blue) / total;
	return { blue, green: 100 - blue };
};
