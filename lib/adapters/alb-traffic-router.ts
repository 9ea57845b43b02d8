import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LoadBalancerRoute } from "../domain/service-definition.ts";
import { weightsFor } from "../domain/slot.ts";
import { TrafficConflictError, type TrafficRouter, TrialGoneConflictError } from "../ports/traffic-router.ts";
import { forwardTo, weightsOf } from "./alb-forward.ts";
import { copyOfRule } from "./alb-rule-copy.ts";
import { type AlbRules, albRules, type ListedRule } from "./alb-rules.ts";

/** Tag that names the rollout a trial rule belongs to. */
const rolloutTag = "sluice:rollout";
/** Tag that policies allow writes by; a rule of another environment is not ours. */
const environmentTag = "sluice:environment";

const atPriority = (listed: readonly ListedRule[], priority: number): ListedRule | undefined =>
	listed.find((rule) => rule.priority === priority);

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

interface FoundTrial extends ListedRule {
	/** Null where it was not this environment's Sluice that opened it. */
	readonly rolloutId: string | null;
}

/** The rule at the trial priority and who opened it; null where there is none. */
const trialOf = async (
	rules: AlbRules,
	environment: string,
	route: LoadBalancerRoute,
	listed: readonly ListedRule[],
): Promise<FoundTrial | null> => {
	const trial = atPriority(listed, route.trialPriority);
	const tags = trial === undefined ? null : await rules.readTags(trial.ruleArn);
	if (trial === undefined || tags === null) return null;
	const isOurs = tags.get(environmentTag) === environment;
	return { ...trial, rolloutId: isOurs ? (tags.get(rolloutTag) ?? null) : null };
};

/** @throws TrafficConflictError where the rule at the trial priority is not this rollout's. */
const assertOpenedBy = (rolloutId: string, trial: FoundTrial, route: LoadBalancerRoute): void => {
	if (trial.rolloutId === rolloutId) return;
	throw new TrafficConflictError(
		`Priority ${route.trialPriority} of ${route.listenerArn} belongs to ${trial.rolloutId ?? "a rule that is not ours"}: ` +
			`allowed is a free one, or one that ${rolloutId} opened.`,
	);
};

/** The listener that a rule belongs to: AWS makes the rule's ARN of the listener's and an id. */
const listenerArnOf = (ruleArn: string): string =>
	ruleArn.slice(0, ruleArn.lastIndexOf("/")).replace(":listener-rule/", ":listener/");

/**
 * Traffic through listener rules of an Application Load Balancer: a trial rule one priority before the service's base rule.
 * Deleting it is the rollback, and fences: ModifyRule on a deleted rule fails, however late it comes (D4).
 */
export const albTrafficRouter = (
	client: ElasticLoadBalancingV2Client,
	environment: string,
): TrafficRouter<LoadBalancerRoute> => {
	const rules = albRules(client);
	return {
		open: async (route, rolloutId, stableSlot) => {
			const listed = await rules.list(route.listenerArn);
			const base = baseOf(route, listed);
			const present = await trialOf(rules, environment, route, listed);
			if (present !== null) {
				assertOpenedBy(rolloutId, present, route);
				return { trialRuleArn: present.ruleArn };
			}
			const created = await rules.create({
				ListenerArn: route.listenerArn,
				Priority: route.trialPriority,
				...copyOfRule(base.rule),
				Actions: forwardTo(route, weightsFor(stableSlot, 0)),
				Tags: [
					{ Key: rolloutTag, Value: rolloutId },
					{ Key: environmentTag, Value: environment },
				],
			});
			if (created !== null) return { trialRuleArn: created };
			// Somebody took the priority since we looked: an earlier attempt of ours whose answer was lost, or a stranger.
			const winner = await trialOf(rules, environment, route, await rules.list(route.listenerArn));
			if (winner === null)
				throw new TrafficConflictError(`Priority ${route.trialPriority} was taken and is free again.`);
			assertOpenedBy(rolloutId, winner, route);
			return { trialRuleArn: winner.ruleArn };
		},

		shift: async (route, trialRuleArn, weights) => {
			const wasFound = await rules.modify(route.listenerArn, trialRuleArn, forwardTo(route, weights));
			if (!wasFound)
				throw new TrialGoneConflictError(`Trial rule ${trialRuleArn} is gone: a rollback or a closing came first.`);
		},

		read: async (route) => {
			const listed = await rules.list(route.listenerArn);
			const base = atPriority(listed, route.basePriority);
			const trial = await trialOf(rules, environment, route, listed);
			return {
				base: base === undefined ? null : weightsOf(base.rule, route),
				trial: trial && {
					ruleArn: trial.ruleArn,
					rolloutId: trial.rolloutId,
					weights: weightsOf(trial.rule, route) ?? { blue: 0, green: 0 },
				},
			};
		},

		abandon: async (trial) => {
			if (typeof trial === "string") {
				await rules.remove(listenerArnOf(trial), trial);
				return;
			}
			const found = await trialOf(rules, environment, trial, await rules.list(trial.listenerArn));
			if (found?.rolloutId != null) await rules.remove(trial.listenerArn, found.ruleArn);
		},

		adopt: async (route, slot) => {
			const base = baseOf(route, await rules.list(route.listenerArn));
			const wasFound = await rules.modify(route.listenerArn, base.ruleArn, forwardTo(route, weightsFor(slot, 0)));
			if (!wasFound)
				throw new TrafficConflictError(`Base rule ${base.ruleArn} was deleted while it was being pointed at ${slot}.`);
		},
	};
};
