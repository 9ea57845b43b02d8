import {
	DescribeAccountLimitsCommand,
	DescribeListenersCommand,
	DescribeTagsCommand,
	DescribeTargetGroupAttributesCommand,
	DescribeTargetGroupsCommand,
	DescribeTargetHealthCommand,
	type ElasticLoadBalancingV2Client,
	ListenerNotFoundException,
	LoadBalancerNotFoundException,
	type Rule,
	TargetGroupNotFoundException,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { MatchedBy, RouteRule, RouteToGroup, TargetGroupFacts } from "../domain/enrolment-facts.ts";
import { TrafficUnavailableError } from "../ports/traffic-router.ts";
import { copyOfRule, textsOfCopy } from "./alb-rule-copy.ts";
import { type AlbRules, type ListedRule, translated } from "./alb-rules.ts";

const conditionsOf = (rule: Rule): readonly MatchedBy[] =>
	copyOfRule(rule).Conditions.map(({ Field = "", Values, RegexValues, ...configs }) => {
		// The name of a header is no value of it.
		const lists = Object.values(configs).flatMap((config) =>
			Object.entries(config ?? {}).flatMap(([key, value]) => (key === "HttpHeaderName" ? [] : [value])),
		);
		// A regular expression, or a pair of key and value, is no pattern that could be compared: it matches anything.
		const texts = lists.flat().filter((value): value is string => typeof value === "string");
		const isPlain = lists.flat().length === texts.length && RegexValues === undefined;
		const isRegular = Object.values(configs).some((config) => Object.hasOwn(config ?? {}, "RegexValues"));
		if (isPlain && !isRegular) return { field: Field, values: [...(Values ?? []), ...texts] };
		return { field: Field, values: [], unlisted: lists.flat().length + (RegexValues?.length ?? 0) };
	});

const weightsIn = (rule: Rule): Readonly<Record<string, number>> => {
	const [forward] = (rule.Actions ?? []).filter(({ Type }) => Type === "forward");
	const groups = forward?.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: forward?.TargetGroupArn, Weight: 1 }];
	return Object.fromEntries(
		groups.flatMap(({ TargetGroupArn, Weight = 1 }) =>
			TargetGroupArn === undefined ? [] : [[TargetGroupArn, Weight]],
		),
	);
};

/** A rule in the words of the domain. */
export const routeRuleOf = (
	{ ruleArn, priority, rule }: ListedRule,
	tags: Readonly<Record<string, string>>,
): RouteRule => ({
	ruleArn,
	priority,
	conditions: conditionsOf(rule),
	...textsOfCopy(copyOfRule(rule)),
	actions: (rule.Actions ?? []).map(({ Type = "" }) => Type),
	weights: weightsIn(rule),
	isSticky: (rule.Actions ?? []).some(
		({ ForwardConfig }) => ForwardConfig?.TargetGroupStickinessConfig?.Enabled === true,
	),
	tags,
});

/** The load balancer's ARN is part of its listener's. */
const loadBalancerOf = (listenerArn: string): string =>
	listenerArn.slice(0, listenerArn.lastIndexOf("/")).replace(":listener/", ":loadbalancer/");

/** Tags of a listener and its load balancer. */
export const readListenerTags = async (
	client: ElasticLoadBalancingV2Client,
	listenerArn: string,
): Promise<Readonly<Record<string, string>>> => {
	const command = new DescribeTagsCommand({ ResourceArns: [listenerArn, loadBalancerOf(listenerArn)] });
	const { TagDescriptions = [] } = await translated("DescribeTags", client.send(command));
	return Object.fromEntries(
		TagDescriptions.flatMap(({ Tags = [] }) => Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
	);
};

/** Rules that a load balancer of this account may have; null where AWS does not say. */
export const readRulesAllowed = async (client: ElasticLoadBalancingV2Client): Promise<number | null> => {
	const { Limits = [] } = await translated(
		"DescribeAccountLimits",
		client.send(new DescribeAccountLimitsCommand({ PageSize: 100 })),
	);
	const limit = Limits.find(({ Name }) => Name === "rules-per-application-load-balancer")?.Max;
	return limit === undefined ? null : Number(limit);
};

/** A target group with its targets; null where there is none of that ARN. */
export const readTargetGroup = async (
	client: ElasticLoadBalancingV2Client,
	targetGroupArn: string,
): Promise<TargetGroupFacts | null> => {
	try {
		const [groups, attributes, health] = await Promise.all([
			translated(
				"DescribeTargetGroups",
				client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] })),
			),
			translated(
				"DescribeTargetGroupAttributes",
				client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn })),
			),
			translated(
				"DescribeTargetHealth",
				client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn })),
			),
		]);
		const attribute = (key: string): string | undefined => attributes.Attributes?.find(({ Key }) => Key === key)?.Value;
		return {
			targetType: groups.TargetGroups?.[0]?.TargetType ?? "unknown",
			isSticky: attribute("stickiness.enabled") === "true",
			deregistrationDelaySeconds: Number(attribute("deregistration_delay.timeout_seconds") ?? 300),
			healthyTargets: (health.TargetHealthDescriptions ?? []).filter(
				({ TargetHealth }) => TargetHealth?.State === "healthy",
			).length,
			targets: (health.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
				address: Target?.Id ?? "",
				port: Target?.Port ?? 0,
				state: TargetHealth?.State ?? "unknown",
			})),
			loadBalancerArns: groups.TargetGroups?.[0]?.LoadBalancerArns ?? [],
		};
	} catch (error) {
		if (error instanceof Error && error.cause instanceof TargetGroupNotFoundException) return null;
		throw error;
	}
};

/** Pages of 100 listeners; a load balancer has 50 unless its quota was raised. */
const maxListenerPages = 10;

const listListeners = async (
	client: ElasticLoadBalancingV2Client,
	loadBalancerArn: string,
): Promise<readonly string[]> => {
	const arns: string[] = [];
	let marker: string | undefined;
	for (let page = 0; page < maxListenerPages; page++) {
		const command = new DescribeListenersCommand({ LoadBalancerArn: loadBalancerArn, PageSize: 100, Marker: marker });
		const { Listeners = [], NextMarker } = await translated("DescribeListeners", client.send(command));
		arns.push(...Listeners.flatMap(({ ListenerArn }) => ListenerArn ?? []));
		marker = NextMarker;
		if (marker === undefined || marker === "") return arns;
	}
	throw new TrafficUnavailableError(
		`${loadBalancerArn} has too many listeners: at most ${maxListenerPages * 100} are read.`,
	);
};

/** What was named a call before may have been deleted since: that sends nothing to anybody. */
const orNoneOfWhatIsGone = async <T>(listing: Promise<readonly T[]>): Promise<readonly T[]> => {
	try {
		return await listing;
	} catch (error) {
		const cause = error instanceof Error ? error.cause : null;
		if (cause instanceof ListenerNotFoundException || cause instanceof LoadBalancerNotFoundException) return [];
		throw error;
	}
};

/**
 * Everything that sends requests to a target group, in all listeners of the listener's load balancer and of those that
 * the group is attached to. One listener after the other: calls that describe are few per second for a whole account.
 */
export const readRoutesTo = async (
	client: ElasticLoadBalancingV2Client,
	rules: AlbRules,
	listenerArn: string,
	targetGroupArn: string,
	{ loadBalancerArns }: Pick<TargetGroupFacts, "loadBalancerArns">,
): Promise<readonly RouteToGroup[]> => {
	const routes: RouteToGroup[] = [];
	for (const loadBalancerArn of new Set([loadBalancerOf(listenerArn), ...loadBalancerArns]))
		for (const arn of await orNoneOfWhatIsGone(listListeners(client, loadBalancerArn)))
			for (const rule of await orNoneOfWhatIsGone(rules.listWithDefault(arn)))
				if ((weightsIn(rule)[targetGroupArn] ?? 0) > 0) {
					const priority = rule.IsDefault === true ? null : Number(rule.Priority);
					routes.push({ listenerArn: arn, ruleArn: rule.RuleArn ?? "", priority });
				}
	return routes;
};
