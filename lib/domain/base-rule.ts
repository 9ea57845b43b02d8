import type { RouteFacts, RouteRule } from "./enrolment-facts.ts";
import type { LoadBalancerRoute } from "./service-definition.ts";

/** Tag that policies allow writes by; a rule of another environment is not ours. */
export const environmentTag = "sluice:environment";
/** Tag of a base rule: the target group that served before, so that it can be given back. */
export const usersGroupTag = "sluice:users-group";
/** Tag of a base rule: the priority of the user's rule that it was copied from. */
export const fromPriorityTag = "sluice:from-priority";

/** Values that all conditions of a rule may have together: Elastic Load Balancing's own limit. */
export const maxConditionValues = 5;

/** Whether this environment's Sluice owns a rule. */
export const isOurs = (rule: RouteRule | null, environment: string): boolean =>
	rule?.tags[environmentTag] === environment;

/** Groups that a rule really sends something to. */
const groupsServedBy = ({ weights }: RouteRule): readonly string[] =>
	Object.entries(weights).flatMap(([arn, weight]) => (weight > 0 ? [arn] : []));

/** The one target group that a rule sends everything to; null where it has none, several, or one of the slots'. */
export const soleGroupOf = (rule: RouteRule | null, { targetGroupArns }: LoadBalancerRoute): string | null => {
	const [group, ...others] = rule === null ? [] : groupsServedBy(rule);
	if (group === undefined || others.length > 0) return null;
	return Object.values(targetGroupArns).includes(group) ? null : group;
};

/** The user's own target group: remembered at the base rule, else what the rule that serves now forwards to. */
export const usersGroupOf = (
	{ base, users }: Pick<RouteFacts, "base" | "users">,
	route: LoadBalancerRoute,
): string | null => base?.tags[usersGroupTag] ?? soleGroupOf(users, route) ?? soleGroupOf(base, route);

/** Share that a rule gives a target group, percent; 0 where there is no rule. */
export const sharePercent = (rule: RouteRule | null, targetGroupArn: string | null): number => {
	const weights = rule?.weights ?? {};
	const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
	return total === 0 || targetGroupArn === null ? 0 : (100 * (weights[targetGroupArn] ?? 0)) / total;
};

const isLiteral = (value: string): boolean => !/[*?]/.test(value);

const beforeWildcard = (value: string): string => value.slice(0, value.search(/[*?]|$/));

/** Whether some text could match both patterns; in doubt it could. */
const mayMeet = (one: string, other: string): boolean => {
	if (isLiteral(one) && isLiteral(other)) return one.toLowerCase() === other.toLowerCase();
	const [a, b] = [beforeWildcard(one).toLowerCase(), beforeWildcard(other).toLowerCase()];
	return a.startsWith(b) || b.startsWith(a);
};

/** What a request has exactly one of. It may carry many headers and parameters, and ranges of addresses overlap. */
const soleFields = new Set(["host-header", "path-pattern", "http-request-method"]);

/**
 * Whether some request could match both rules: they cannot meet where they name one field, of which a request has but
 * one, with patterns that never meet. Said too often rather than too rarely: a rule that is overtaken loses requests.
 */
export const mayOverlap = (one: Pick<RouteRule, "conditions">, other: Pick<RouteRule, "conditions">): boolean =>
	one.conditions.every((a) =>
		other.conditions.every(
			(b) =>
				a.field !== b.field ||
				!soleFields.has(a.field) ||
				a.values.length === 0 ||
				b.values.length === 0 ||
				a.values.some((value) => b.values.some((another) => mayMeet(value, another))),
		),
	);
