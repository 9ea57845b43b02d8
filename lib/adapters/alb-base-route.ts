import type { Action, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { environmentTag, fromPriorityTag, usersGroupOf, usersGroupTag } from "../domain/base-rule.ts";
import type { RouteRule } from "../domain/enrolment-facts.ts";
import type { LoadBalancerRoute } from "../domain/service-definition.ts";
import { slotNames } from "../domain/slot.ts";
import { previewPriorityOf } from "../domain/traffic-route.ts";
import type { BaseRoute, FoundRoute, UsersShare } from "../ports/base-route.ts";
import { TrafficConflictError } from "../ports/traffic-router.ts";
import { readListenerTags, readRoutesTo, readRulesAllowed, readTargetGroup, routeRuleOf } from "./alb-route-reading.ts";
import { copyOfRule } from "./alb-rule-copy.ts";
import { type AlbRules, albRules, atPriority, type ListedRule } from "./alb-rules.ts";

type Weights = readonly (readonly [targetGroupArn: string, weight: number])[];

const forwardTo = (weights: Weights): Action[] => [
	{
		Type: "forward",
		Order: 1,
		ForwardConfig: {
			TargetGroups: weights.map(([TargetGroupArn, Weight]) => ({ TargetGroupArn, Weight })),
			TargetGroupStickinessConfig: { Enabled: false },
		},
	},
];

const weightsOf = (
	{ targetGroupArns }: LoadBalancerRoute,
	users: UsersShare | null,
	slots: Readonly<Record<"blue" | "green", number>>,
): Weights => [
	...(users === null ? [] : [[users.targetGroupArn, users.percent] as const]),
	...slotNames.map((slot) => [targetGroupArns[slot], slots[slot]] as const),
];

/** The base rule, if it carries this environment's tag. @throws TrafficConflictError where there is none such. */
const ownBase = async (rules: AlbRules, environment: string, route: LoadBalancerRoute): Promise<ListedRule> => {
	const base = atPriority(await rules.list(route.listenerArn), route.basePriority);
	const tags = base === undefined ? null : await rules.readTags(base.ruleArn);
	if (base !== undefined && tags?.get(environmentTag) === environment) return base;
	throw new TrafficConflictError(
		`Priority ${route.basePriority} of ${route.listenerArn} has ${base === undefined ? "no rule" : "a rule that is not ours"}: ` +
			`allowed is one tagged ${environmentTag}=${environment}.`,
	);
};

/** Deletes the rule at a priority if it carries this environment's tag and, where one is named, is the one of that ARN. */
const removeOwn = async (
	rules: AlbRules,
	environment: string,
	listenerArn: string,
	priority: number,
	ruleArn?: string,
): Promise<void> => {
	const found = atPriority(await rules.list(listenerArn), priority);
	if (ruleArn !== undefined && found?.ruleArn !== ruleArn) return;
	const tags = found === undefined ? null : await rules.readTags(found.ruleArn);
	if (found !== undefined && tags?.get(environmentTag) === environment) await rules.remove(listenerArn, found.ruleArn);
};

const inspect = async (
	client: ElasticLoadBalancingV2Client,
	rules: AlbRules,
	route: LoadBalancerRoute,
	fromPriority: number | null,
): Promise<FoundRoute> => {
	const [listed, listenerTags, rulesAllowed] = await Promise.all([
		rules.list(route.listenerArn),
		readListenerTags(client, route.listenerArn),
		readRulesAllowed(client),
	]);
	const previewPriority = previewPriorityOf(route);
	const own = [route.basePriority, route.trialPriority, previewPriority];
	const tagged = async (found: ListedRule): Promise<RouteRule> => {
		const isTagged = own.includes(found.priority);
		const tags = isTagged ? await rules.readTags(found.ruleArn) : null;
		return routeRuleOf(found, Object.fromEntries(tags ?? []));
	};
	const all = (await Promise.all(listed.map(tagged))).toSorted((a, b) => a.priority - b.priority);
	const at = (priority: number): RouteRule | null => all.find((rule) => rule.priority === priority) ?? null;
	const base = at(route.basePriority);
	const users = at(fromPriority ?? Number(base?.tags[fromPriorityTag] ?? -1));
	const trial = at(route.trialPriority);
	const preview = previewPriority === null ? null : at(previewPriority);
	const usersGroup = usersGroupOf({ base, users }, route);
	const arns = [...Object.values(route.targetGroupArns), usersGroup].filter((arn) => arn !== null);
	const groups = Object.fromEntries(
		await Promise.all(arns.map(async (arn) => [arn, await readTargetGroup(client, arn)] as const)),
	);
	return { listenerTags, base, trial, preview, users, rules: all, rulesAllowed, groups };
};

/**
 * The base rule on an Application Load Balancer. What it was copied from stands in its tags, and policies allow writes by
 * one of them: rules of the user's are out of reach.
 */
export const albBaseRoute = (client: ElasticLoadBalancingV2Client, environment: string): BaseRoute => {
	const rules = albRules(client);
	const assertFound = (wasFound: boolean, { ruleArn }: ListedRule): void => {
		if (!wasFound) throw new TrafficConflictError(`Rule ${ruleArn} was deleted while it was written.`);
	};
	return {
		inspect: (route, fromPriority) => inspect(client, rules, route, fromPriority),

		routesTo: ({ listenerArn }, usersGroupArn, group) => readRoutesTo(client, rules, listenerArn, usersGroupArn, group),

		create: async (route, fromPriority, usersGroupArn) => {
			const listed = await rules.list(route.listenerArn);
			const model = atPriority(listed, fromPriority);
			if (model === undefined)
				throw new TrafficConflictError(`Priority ${fromPriority} of ${route.listenerArn} has no rule to copy.`);
			const users = { targetGroupArn: usersGroupArn, percent: 100 };
			const tags = {
				[environmentTag]: environment,
				[usersGroupTag]: usersGroupArn,
				[fromPriorityTag]: String(fromPriority),
			};
			const created = await rules.create({
				ListenerArn: route.listenerArn,
				Priority: route.basePriority,
				...copyOfRule(model.rule),
				Actions: forwardTo(weightsOf(route, users, { blue: 0, green: 0 })),
				Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
			});
			// Taken since we looked: by an earlier attempt of ours whose answer was lost, or by a stranger.
			if (created === null) await ownBase(rules, environment, route);
		},

		direct: async (route, users, slots) => {
			const base = await ownBase(rules, environment, route);
			const actions = forwardTo(weightsOf(route, users, slots));
			assertFound(await rules.modify(route.listenerArn, base.ruleArn, actions), base);
		},

		remove: ({ listenerArn, basePriority }, ruleArn) =>
			removeOwn(rules, environment, listenerArn, basePriority, ruleArn),

		removeTrial: async (route) => {
			for (const priority of [route.trialPriority, previewPriorityOf(route)])
				if (priority !== null) await removeOwn(rules, environment, route.listenerArn, priority);
		},
	};
};
