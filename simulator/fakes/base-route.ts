import { environmentTag, fromPriorityTag, usersGroupOf, usersGroupTag } from "../../lib/domain/base-rule.ts";
import type { RouteRule, RouteToGroup, TargetGroupFacts } from "../../lib/domain/enrolment-facts.ts";
import type { LoadBalancerRoute } from "../../lib/domain/service-definition.ts";
import { previewPriorityOf } from "../../lib/domain/traffic-route.ts";
import type { BaseRoute, FoundRoute, UsersShare } from "../../lib/ports/base-route.ts";
import { TrafficConflictError } from "../../lib/ports/traffic-router.ts";
import type { Caller } from "../kernel/caller.ts";
import { type ListenerRule, loadBalancerOf, type TargetGroupWeights } from "../world/load-balancer.ts";
import type { World } from "../world/world.ts";
import { describeBalancer, listenerRules } from "./listener-rules.ts";

type BalancerWorld = Pick<World, "loadBalancer" | "targetGroups" | "surroundings">;

const ruleOf = (rule: ListenerRule, isTagged: boolean): RouteRule => ({
	ruleArn: rule.ruleArn,
	priority: rule.priority,
	conditions: rule.conditions,
	conditionsText: JSON.stringify(
		rule.conditions.map((one) => JSON.stringify({ ...one, values: one.values.toSorted() })).toSorted(),
	),
	transformsText: "[]",
	actions: rule.actions ?? ["forward"],
	weights: rule.weights,
	isSticky: rule.isSticky ?? false,
	tags: isTagged ? rule.tags : {},
});

const weightsOf = (
	{ targetGroupArns }: LoadBalancerRoute,
	users: UsersShare | null,
	slots: Readonly<Record<"blue" | "green", number>>,
): TargetGroupWeights => ({
	...(users === null ? {} : { [users.targetGroupArn]: users.percent }),
	[targetGroupArns.blue]: slots.blue,
	[targetGroupArns.green]: slots.green,
});

/** Where pods of the world listen. */
const podPort = 8080;

const groupOf = ({ loadBalancer, targetGroups, surroundings }: BalancerWorld, arn: string): TargetGroupFacts | null => {
	const deregistrationDelaySeconds = targetGroups.deregistrationDelaySeconds(arn);
	if (deregistrationDelaySeconds === null) return null;
	return {
		targetType: "ip",
		isSticky: false,
		deregistrationDelaySeconds,
		healthyTargets: targetGroups.states(arn).filter((state) => state === "healthy").length,
		targets: targetGroups.targets(arn).map(({ targetId, state }) => ({ address: targetId, port: podPort, state })),
		loadBalancerArns: loadBalancer.loadBalancersOf(arn),
		...surroundings.group(arn),
	};
};

type Describe = <T>(action: string, about: string, effect: () => T) => Promise<T>;

const describing =
	(caller: Caller): Describe =>
	(action, about, effect) =>
		describeBalancer(caller, `elasticloadbalancing:${action}`, about, effect);

/** Everything that sends requests to a target group, listener by listener, as the real adapter asks for it. */
const routesTo = async (
	{ loadBalancer }: BalancerWorld,
	describe: Describe,
	listenerArn: string,
	group: string,
	{ loadBalancerArns }: Pick<TargetGroupFacts, "loadBalancerArns">,
): Promise<readonly RouteToGroup[]> => {
	const routes: RouteToGroup[] = [];
	for (const loadBalancerArn of new Set([loadBalancerOf(listenerArn), ...loadBalancerArns])) {
		const listeners = await describe("DescribeListeners", loadBalancerArn, () =>
			loadBalancer.listenersOf(loadBalancerArn),
		);
		for (const arn of listeners) {
			const rules = await describe("DescribeRules", `${arn} with default`, () => [
				...loadBalancer.rulesOf(arn),
				{ ruleArn: `${arn}/default`, priority: null, weights: loadBalancer.defaultOf(arn) },
			]);
			for (const { ruleArn, priority, weights } of rules)
				if ((weights[group] ?? 0) > 0) routes.push({ listenerArn: arn, ruleArn, priority });
		}
	}
	return routes;
};

const inspect = async (
	world: BalancerWorld,
	caller: Caller,
	route: LoadBalancerRoute,
	fromPriority: number | null,
): Promise<FoundRoute> => {
	const { loadBalancer, surroundings } = world;
	const describe = describing(caller);
	const [rules, listenerTags, rulesAllowed] = await Promise.all([
		describe("DescribeRules", `${route.listenerArn} all`, () => loadBalancer.rulesOf(route.listenerArn)),
		describe("DescribeTags", route.listenerArn, () => surroundings.listenerTags(route.listenerArn)),
		describe("DescribeAccountLimits", "", () => surroundings.rulesAllowed),
	]);
	const previewPriority = previewPriorityOf(route);
	const own = [route.basePriority, route.trialPriority, previewPriority];
	const isTagged = ({ priority }: ListenerRule): boolean => own.includes(priority);
	for (const rule of rules.filter(isTagged)) await describe("DescribeTags", rule.ruleArn, () => rule.tags);
	const all = rules.map((rule) => ruleOf(rule, isTagged(rule)));
	const at = (priority: number): RouteRule | null => all.find((rule) => rule.priority === priority) ?? null;
	const base = at(route.basePriority);
	const users = at(fromPriority ?? Number(base?.tags[fromPriorityTag] ?? -1));
	const trial = at(route.trialPriority);
	const preview = previewPriority === null ? null : at(previewPriority);
	const usersGroup = usersGroupOf({ base, users }, route);
	const arns = [...Object.values(route.targetGroupArns), usersGroup].filter((arn) => arn !== null);
	const groups = Object.fromEntries(
		await Promise.all(
			arns.map(async (arn) => {
				await describe("DescribeTargetGroups", arn, () => {});
				await describe("DescribeTargetGroupAttributes", arn, () => {});
				return [arn, await describe("DescribeTargetHealth", arn, () => groupOf(world, arn))] as const;
			}),
		),
	);
	return { listenerTags, base, trial, preview, users, rules: all, rulesAllowed, groups };
};

/** The base rule on the world's load balancer, with the calls that the real adapter makes, in its order. */
export const fakeBaseRoute = (world: BalancerWorld, caller: Caller, environment: string): BaseRoute => {
	const rules = listenerRules(world, caller);
	const at = async (listenerArn: string, priority: number): Promise<ListenerRule | null> =>
		(await rules.list(listenerArn, [priority]))(priority);
	const isOwn = async (rule: ListenerRule): Promise<boolean> =>
		(await rules.readTags(rule.ruleArn))?.[environmentTag] === environment;
	const removeOwn = async (listenerArn: string, priority: number, ruleArn?: string): Promise<void> => {
		const found = await at(listenerArn, priority);
		if (ruleArn !== undefined && found?.ruleArn !== ruleArn) return;
		if (found !== null && (await isOwn(found))) await rules.remove(found.ruleArn);
	};
	const ownBase = async ({ listenerArn, basePriority }: LoadBalancerRoute): Promise<ListenerRule> => {
		const base = await at(listenerArn, basePriority);
		if (base !== null && (await isOwn(base))) return base;
		throw new TrafficConflictError(
			`Priority ${basePriority} of ${listenerArn} has ${base === null ? "no rule" : "a rule that is not ours"}: ` +
				`allowed is one tagged ${environmentTag}=${environment}.`,
		);
	};
	const assertFound = (wasFound: boolean, { ruleArn }: ListenerRule): void => {
		if (!wasFound) throw new TrafficConflictError(`Rule ${ruleArn} was deleted while it was written.`);
	};
	return {
		inspect: (route, fromPriority) => inspect(world, caller, route, fromPriority),
		routesTo: ({ listenerArn }, usersGroupArn, group) =>
			routesTo(world, describing(caller), listenerArn, usersGroupArn, group),
		create: async (route, fromPriority, usersGroupArn) => {
			const model = await at(route.listenerArn, fromPriority);
			if (model === null)
				throw new TrafficConflictError(`Priority ${fromPriority} of ${route.listenerArn} has no rule to copy.`);
			const created = await rules.create(route.listenerArn, {
				priority: route.basePriority,
				conditions: model.conditions,
				weights: weightsOf(route, { targetGroupArn: usersGroupArn, percent: 100 }, { blue: 0, green: 0 }),
				tags: {
					[environmentTag]: environment,
					[usersGroupTag]: usersGroupArn,
					[fromPriorityTag]: String(fromPriority),
				},
			});
			if (created === null) await ownBase(route);
		},
		direct: async (route, users, slots) => {
			const base = await ownBase(route);
			assertFound(await rules.modify(base.ruleArn, weightsOf(route, users, slots)), base);
		},
		remove: ({ listenerArn, basePriority }, ruleArn) => removeOwn(listenerArn, basePriority, ruleArn),
		removeTrial: async (route) => {
			for (const priority of [route.trialPriority, previewPriorityOf(route)])
				if (priority !== null) await removeOwn(route.listenerArn, priority);
		},
	};
};
