import type { LoadBalancerRoute } from "../../lib/domain/service-definition.ts";
import { type SlotWeights, weightsFor } from "../../lib/domain/slot.ts";
import { TrafficConflictError, type TrafficRouter, TrialGoneConflictError } from "../../lib/ports/traffic-router.ts";
import type { Caller } from "../kernel/caller.ts";
import type { ListenerRule, TargetGroupWeights } from "../world/load-balancer.ts";
import type { World } from "../world/world.ts";
import { type ListedRules, type ListenerRules, listenerRules } from "./listener-rules.ts";

const rolloutTag = "sluice:rollout";
const environmentTag = "sluice:environment";

/** A slot at weight 0 stays in the list: a target group that no rule names gets no health checks. */
const forwardTo = ({ targetGroupArns }: LoadBalancerRoute, weights: SlotWeights): TargetGroupWeights => ({
	[targetGroupArns.blue]: weights.blue,
	[targetGroupArns.green]: weights.green,
});

/** The share that a rule gives each slot, percent; null where it forwards elsewhere, or nowhere. */
const weightsOf = ({ weights }: ListenerRule, { targetGroupArns }: LoadBalancerRoute): SlotWeights | null => {
	const isForeign = Object.keys(weights).some((arn) => arn !== targetGroupArns.blue && arn !== targetGroupArns.green);
	const toBlue = weights[targetGroupArns.blue] ?? 0;
	const total = toBlue + (weights[targetGroupArns.green] ?? 0);
	if (isForeign || total === 0) return null;
	const blue = (100 * toBlue) / total;
	return { blue, green: 100 - blue };
};

const baseOf = (route: LoadBalancerRoute, listed: ListedRules): ListenerRule => {
	const base = listed(route.basePriority);
	if (base !== null && weightsOf(base, route) !== null) return base;
	throw new TrafficConflictError(
		`Base rule at priority ${route.basePriority} of ${route.listenerArn} ${base === null ? "is missing" : "does something else"}: ` +
			"allowed is one that forwards to the service's two target groups and does nothing else.",
	);
};

interface FoundTrial {
	readonly rule: ListenerRule;
	/** Null where it was not this environment's Sluice that opened it. */
	readonly rolloutId: string | null;
}

const trialOf = async (
	rules: ListenerRules,
	environment: string,
	route: LoadBalancerRoute,
	listed: ListedRules,
): Promise<FoundTrial | null> => {
	const rule = listed(route.trialPriority);
	const tags = rule === null ? null : await rules.readTags(rule.ruleArn);
	if (rule === null || tags === null) return null;
	return { rule, rolloutId: tags[environmentTag] === environment ? (tags[rolloutTag] ?? null) : null };
};

const assertOpenedBy = (rolloutId: string, trial: FoundTrial, route: LoadBalancerRoute): void => {
	if (trial.rolloutId === rolloutId) return;
	throw new TrafficConflictError(
		`Priority ${route.trialPriority} of ${route.listenerArn} belongs to ${trial.rolloutId ?? "a rule that is not ours"}: ` +
			`allowed is a free one, or one that ${rolloutId} opened.`,
	);
};

/** Traffic through the rules of the world's load balancer, with the calls that the real adapter makes, in its order. */
export const fakeTrafficRouter = (
	world: Pick<World, "loadBalancer">,
	caller: Caller,
	environment: string,
): TrafficRouter<LoadBalancerRoute> => {
	const rules = listenerRules(world, caller);
	const list = (route: LoadBalancerRoute): Promise<ListedRules> =>
		rules.list(route.listenerArn, [route.basePriority, route.trialPriority]);
	return {
		open: async (route, rolloutId, stableSlot) => {
			const listed = await list(route);
			const base = baseOf(route, listed);
			const present = await trialOf(rules, environment, route, listed);
			if (present !== null) {
				assertOpenedBy(rolloutId, present, route);
				return { trialRuleArn: present.rule.ruleArn };
			}
			const created = await rules.create(route.listenerArn, {
				priority: route.trialPriority,
				conditions: base.conditions,
				weights: forwardTo(route, weightsFor(stableSlot, 0)),
				tags: { [rolloutTag]: rolloutId, [environmentTag]: environment },
			});
			if (created !== null) return { trialRuleArn: created };
			const winner = await trialOf(rules, environment, route, await list(route));
			if (winner === null)
				throw new TrafficConflictError(`Priority ${route.trialPriority} was taken and is free again.`);
			assertOpenedBy(rolloutId, winner, route);
			return { trialRuleArn: winner.rule.ruleArn };
		},
		shift: async (route, trialRuleArn, weights) => {
			if (await rules.modify(trialRuleArn, forwardTo(route, weights))) return;
			throw new TrialGoneConflictError(`Trial rule ${trialRuleArn} is gone: a rollback or a closing came first.`);
		},
		read: async (route) => {
			const listed = await list(route);
			const base = listed(route.basePriority);
			const trial = await trialOf(rules, environment, route, listed);
			return {
				base: base === null ? null : weightsOf(base, route),
				trial: trial && {
					ruleArn: trial.rule.ruleArn,
					rolloutId: trial.rolloutId,
					weights: weightsOf(trial.rule, route) ?? { blue: 0, green: 0 },
				},
			};
		},
		abandon: async (trial) => {
			if (typeof trial === "string") {
				await rules.remove(trial);
				return;
			}
			const found = await trialOf(rules, environment, trial, await list(trial));
			if (found !== null && found.rolloutId !== null) await rules.remove(found.rule.ruleArn);
		},
		adopt: async (route, slot) => {
			const base = baseOf(route, await list(route));
			if (await rules.modify(base.ruleArn, forwardTo(route, weightsFor(slot, 0)))) return;
			throw new TrafficConflictError(`Base rule ${base.ruleArn} was deleted while it was being pointed at ${slot}.`);
		},
	};
};
