import type { CreateRuleCommandInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LoadBalancerRoute } from "../domain/service-definition.ts";
import { TrafficConflictError } from "../ports/traffic-router.ts";
import { type AlbRules, atPriority, type ListedRule } from "./alb-rules.ts";

/** Tag that names the rollout a rule belongs to. */
const rolloutTag = "sluice:rollout";
/** Tag that policies allow writes by; a rule of another environment is not ours. */
const environmentTag = "sluice:environment";

/** A rule that stands where one of a rollout's would. */
export interface RolloutRule extends ListedRule {
	/** Null where it was not this environment's Sluice that opened it. */
	readonly rolloutId: string | null;
}

/** Rules that rollouts open and end. */
export interface AlbRolloutRules {
	/** The rule at a priority and who opened it; null where there is none, and where no priority is meant. */
	at(listed: readonly ListedRule[], priority: number | null): Promise<RolloutRule | null>;
	/**
	 * Makes a rule of a rollout, or finds the one that an earlier attempt made. Answers its ARN.
	 * @throws TrafficConflictError where somebody else was faster.
	 */
	make(
		route: LoadBalancerRoute,
		priority: number,
		rolloutId: string,
		rule: Omit<CreateRuleCommandInput, "ListenerArn" | "Priority" | "Tags">,
	): Promise<string>;
}

/** @throws TrafficConflictError where a rule is not this rollout's. */
export const assertOpenedBy = (rolloutId: string, found: RolloutRule, { listenerArn }: LoadBalancerRoute): void => {
	if (found.rolloutId === rolloutId) return;
	throw new TrafficConflictError(
		`Priority ${found.priority} of ${listenerArn} belongs to ${found.rolloutId ?? "a rule that is not ours"}: ` +
			`allowed is a free one, or one that ${rolloutId} opened.`,
	);
};

/** The rules of rollouts of one environment, which tags tell from all others. */
export const albRolloutRules = (rules: AlbRules, environment: string): AlbRolloutRules => {
	const at: AlbRolloutRules["at"] = async (listed, priority) => {
		const found = priority === null ? undefined : atPriority(listed, priority);
		const tags = found === undefined ? null : await rules.readTags(found.ruleArn);
		if (found === undefined || tags === null) return null;
		const isOurs = tags.get(environmentTag) === environment;
		return { ...found, rolloutId: isOurs ? (tags.get(rolloutTag) ?? null) : null };
	};
	return {
		at,
		make: async (route, priority, rolloutId, rule) => {
			const created = await rules.create({
				...rule,
				ListenerArn: route.listenerArn,
				Priority: priority,
				Tags: [
					{ Key: rolloutTag, Value: rolloutId },
					{ Key: environmentTag, Value: environment },
				],
			});
			if (created !== null) return created;
			// Somebody took the priority since we looked: an earlier attempt of ours whose answer was lost, or a stranger.
			const winner = await at(await rules.list(route.listenerArn), priority);
			if (winner === null) throw new TrafficConflictError(`Priority ${priority} was taken and is free again.`);
			assertOpenedBy(rolloutId, winner, route);
			return winner.ruleArn;
		},
	};
};
