import { maxConditionValues } from "../../lib/domain/base-rule.ts";
import type { LoadBalancerRoute } from "../../lib/domain/service-definition.ts";
import { type SlotName, type SlotWeights, weightsFor } from "../../lib/domain/slot.ts";
import { previewPriorityOf } from "../../lib/domain/traffic-route.ts";
import {
	TrafficConflictError,
	type TrafficRouter,
	TrialGoneConflictError,
	type TrialRule,
} from "../../lib/ports/traffic-router.ts";
import type { Caller } from "../kernel/caller.ts";
import { testersConditions } from "../world/balancer-routing.ts";
import type { ListenerRule, RuleCondition, TargetGroupWeights } from "../world/load-balancer.ts";
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

interface RolloutRule {
	readonly rule: ListenerRule;
	/** Null where it was not this environment's Sluice that opened it. */
	readonly rolloutId: string | null;
}

const ruleAt = async (
	rules: ListenerRules,
	environment: string,
	listed: ListedRules,
	priority: number | null,
): Promise<RolloutRule | null> => {
	const rule = priority === null ? null : listed(priority);
	const tags = rule === null ? null : await rules.readTags(rule.ruleArn);
	if (rule === null || tags === null) return null;
	return { rule, rolloutId: tags[environmentTag] === environment ? (tags[rolloutTag] ?? null) : null };
};

const assertOpenedBy = (rolloutId: string, { rule, rolloutId: by }: RolloutRule, listenerArn: string): void => {
	if (by === rolloutId) return;
	throw new TrafficConflictError(
		`Priority ${rule.priority} of ${listenerArn} belongs to ${by ?? "a rule that is not ours"}: ` +
			`allowed is a free one, or one that ${rolloutId} opened.`,
	);
};

const trialRuleOf = ({ rule, rolloutId }: RolloutRule, route: LoadBalancerRoute): TrialRule => ({
	ruleArn: rule.ruleArn,
	rolloutId,
	weights: weightsOf(rule, route) ?? { blue: 0, green: 0 },
});

interface Place {
	readonly priority: number;
	readonly conditions: readonly RuleCondition[];
}

/** The trial rule's place, and that of the rule for testers where there are any. */
const placesOf = (route: LoadBalancerRoute, { conditions }: ListenerRule): readonly Place[] => {
	const { trialPriority, preview, basePriority, listenerArn } = route;
	const priority = previewPriorityOf(route);
	const trial = { priority: trialPriority, conditions };
	if (preview === undefined || priority === null) return [trial];
	const values = conditions.flatMap((condition) => condition.values).length;
	if (values >= maxConditionValues)
		throw new TrafficConflictError(
			`Base rule at priority ${basePriority} of ${listenerArn} has ${values} condition values: allowed are ${maxConditionValues - 1}.`,
		);
	return [trial, { priority, conditions: testersConditions(conditions, preview) }];
};

/** Traffic through the rules of the world's load balancer, with the calls that the real adapter makes, in its order. */
export const fakeTrafficRouter = (
	world: Pick<World, "loadBalancer">,
	caller: Caller,
	environment: string,
): TrafficRouter<LoadBalancerRoute> => {
	const rules = listenerRules(world, caller);
	const list = (route: LoadBalancerRoute): Promise<ListedRules> => {
		const previewPriority = previewPriorityOf(route);
		const own = previewPriority === null ? [] : [previewPriority];
		return rules.list(route.listenerArn, [route.basePriority, route.trialPriority, ...own]);
	};
	const at = (listed: ListedRules, priority: number | null): Promise<RolloutRule | null> =>
		ruleAt(rules, environment, listed, priority);
	const make = async (
		route: LoadBalancerRoute,
		{ priority, conditions }: Place,
		rolloutId: string,
		stableSlot: SlotName,
	): Promise<string> => {
		const weights = forwardTo(route, weightsFor(stableSlot, 0));
		const tags = { [rolloutTag]: rolloutId, [environmentTag]: environment };
		const created = await rules.create(route.listenerArn, { priority, conditions, weights, tags });
		if (created !== null) return created;
		const winner = await at(await list(route), priority);
		if (winner === null) throw new TrafficConflictError(`Priority ${priority} was taken and is free again.`);
		assertOpenedBy(rolloutId, winner, route.listenerArn);
		return winner.rule.ruleArn;
	};
	return {
		open: async (route, rolloutId, stableSlot) => {
			const listed = await list(route);
			const places = placesOf(route, baseOf(route, listed));
			const found: (RolloutRule | null)[] = [];
			for (const { priority } of places) found.push(await at(listed, priority));
			for (const rule of found) if (rule !== null) assertOpenedBy(rolloutId, rule, route.listenerArn);
			const opened: string[] = [];
			for (const [index, place] of places.entries())
				opened.push(found[index]?.rule.ruleArn ?? (await make(route, place, rolloutId, stableSlot)));
			const [trialRuleArn = "", previewRuleArn] = opened;
			return { trialRuleArn, ...(previewRuleArn !== undefined && { previewRuleArn }) };
		},
		shift: async (route, trialRuleArn, weights) => {
			if (await rules.modify(trialRuleArn, forwardTo(route, weights))) return;
			throw new TrialGoneConflictError(`Trial rule ${trialRuleArn} is gone: a rollback or a closing came first.`);
		},
		read: async (route) => {
			const listed = await list(route);
			const base = listed(route.basePriority);
			const trial = await at(listed, route.trialPriority);
			const preview = await at(listed, previewPriorityOf(route));
			return {
				base: base === null ? null : weightsOf(base, route),
				trial: trial && trialRuleOf(trial, route),
				...(preview !== null && preview.rolloutId !== null && { preview: trialRuleOf(preview, route) }),
			};
		},
		abandon: async (trial) => {
			if (typeof trial === "string") {
				await rules.remove(trial);
				return;
			}
			const listed = await list(trial);
			for (const priority of [trial.trialPriority, previewPriorityOf(trial)]) {
				const found = await at(listed, priority);
				if (found !== null && found.rolloutId !== null) await rules.remove(found.rule.ruleArn);
			}
		},
		adopt: async (route, slot) => {
			const base = baseOf(route, await list(route));
			if (await rules.modify(base.ruleArn, forwardTo(route, weightsFor(slot, 0)))) return;
			throw new TrafficConflictError(`Base rule ${base.ruleArn} was deleted while it was being pointed at ${slot}.`);
		},
	};
};
