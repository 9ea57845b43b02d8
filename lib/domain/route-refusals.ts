import { isOurs, maxConditionValues, mayOverlap, soleGroupOf, usersGroupOf } from "./base-rule.ts";
import type { EnrolmentFacts, Problem, RouteFacts, RouteRule } from "./enrolment-facts.ts";
import { namesOrNone } from "./some-names.ts";
import { previewPriorityOf } from "./traffic-route.ts";
import { otherRouteProblems, targetProblems } from "./users-group-refusals.ts";

/** Tags of controllers in a cluster: they write every rule of a listener back as soon as somebody else changes one. */
const controllerTags = [/^elbv2\.k8s\.aws\/cluster$/, /^ingress\.k8s\.aws\//, /^eks:/];

const tagsAmong = (tags: Readonly<Record<string, string>>, patterns: readonly RegExp[]): readonly string[] =>
	Object.keys(tags).filter((key) => patterns.some((pattern) => pattern.test(key)));

/** What keeps a rule from being one plain forward. */
export const rulesProblems = (rule: RouteRule, what: string): readonly Problem[] => [
	...(rule.actions.length === 1 && rule.actions[0] === "forward"
		? []
		: [
				{
					what: `actions of ${what}`,
					value: namesOrNone(rule.actions),
					allowed: "one forward, no authentication before it",
				},
			]),
	...(rule.isSticky
		? [{ what: `stickiness of ${what}`, value: "on", allowed: "off: it pins clients whatever the weights say" }]
		: []),
];

const groupProblems = ({ definition, route }: EnrolmentFacts): readonly Problem[] => {
	const { blue, green } = definition.route.targetGroupArns;
	const users = usersGroupOf(route, definition.route);
	return [...new Set([blue, green, ...(users === null ? [] : [users])])].flatMap((arn): readonly Problem[] => {
		const group = route.groups[arn];
		const what = `target group ${arn.split("/")[1] ?? arn}`;
		if (group == null) return [{ what, value: "missing", allowed: "one that exists in this account and region" }];
		return [
			...(group.targetType === "ip"
				? []
				: [{ what: `target type of ${what}`, value: group.targetType, allowed: "ip: weights must be shares of pods" }]),
			...(group.isSticky
				? [{ what: `stickiness of ${what}`, value: "on", allowed: "off: it pins clients whatever the weights say" }]
				: []),
		];
	});
};

/**
 * A rule of the user's is never written: no condition goes with a write, and one that came late could not be refused once
 * the rule was theirs again. Sluice's own is deleted, and whoever comes late finds nothing.
 */
const foreignBaseProblems = (base: RouteRule, { environment }: EnrolmentFacts["definition"]): readonly Problem[] => {
	const other = base.tags["sluice:environment"];
	return [
		{
			what: `the rule at basePriority ${base.priority}`,
			value: other === undefined ? "not Sluice's" : `of environment ${other}`,
			allowed: `none, or one of environment ${environment}: give a free basePriority above the rule that serves now, and name that one as fromPriority`,
		},
	];
};

const candidatesOf = ({ rules }: RouteFacts, { definition: { route } }: EnrolmentFacts): string =>
	namesOrNone(
		rules
			.filter((rule) => rule.priority > route.basePriority && soleGroupOf(rule, route) !== null)
			.map(({ priority }) => String(priority)),
	);

/** A base rule is made from the user's, which goes on below it. */
const creationProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const { route, definition, fromPriority } = facts;
	const { users, rules } = route;
	const { basePriority } = definition.route;
	const what = "fromPriority";
	const allowed = `the priority, above basePriority ${basePriority}, of the rule that serves now; rules that could be it: ${candidatesOf(route, facts)}`;
	if (fromPriority === null) return [{ what, value: "missing", allowed }];
	if (users === null || users.priority <= basePriority)
		return [{ what, value: users === null ? `${fromPriority}, where no rule is` : String(fromPriority), allowed }];
	const overtaken = rules.filter(
		(rule) => rule.priority > basePriority && rule.priority < users.priority && mayOverlap(rule, users),
	);
	const rule = `the rule at priority ${users.priority}`;
	return [
		...rulesProblems(users, rule),
		...(soleGroupOf(users, definition.route) === null
			? [{ what: `target of ${rule}`, value: "several, or none", allowed: "one target group of your own" }]
			: []),
		...overtaken.map(({ priority }) => ({
			what: `the rule at priority ${priority}`,
			value: "may match the same requests and would come after the base rule",
			allowed: `a basePriority above ${priority}, so that it goes on coming first`,
		})),
		...targetProblems(facts),
	];
};

/** Testers are told from users by one condition more. */
const previewProblems = ({ route: { base, users }, definition: { route } }: EnrolmentFacts): readonly Problem[] => {
	const copied = base ?? users;
	if (route.preview === undefined || copied === null) return [];
	const values = copied.conditions.reduce((sum, { values, unlisted = 0 }) => sum + values.length + unlisted, 0);
	return values < maxConditionValues
		? []
		: [
				{
					what: `condition values of the rule at priority ${copied.priority}`,
					value: String(values),
					allowed: `${maxConditionValues - 1} beside a preview, whose header is one more of ${maxConditionValues}`,
				},
			];
};

/** Priorities that rollouts make rules at, and what stands there now. */
const placesOf = ({ route, definition }: EnrolmentFacts) => {
	const previewPriority = previewPriorityOf(definition.route);
	return [
		{ priority: definition.route.trialPriority, rule: route.trial, whose: "the trial rule's" },
		...(previewPriority === null
			? []
			: [{ priority: previewPriority, rule: route.preview, whose: "the rule's for testers" }]),
	];
};

/** What forbids to route a service by rules of a listener: its own, those beside it, and the target groups. */
export const routeProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const { route, definition } = facts;
	const { base, rules, rulesAllowed } = route;
	const { environment } = definition;
	const owners = tagsAmong(route.listenerTags, controllerTags);
	const places = placesOf(facts);
	const toCome = [base, ...places.map(({ rule }) => rule)].filter((rule) => rule === null).length;
	return [
		...(owners.length > 0
			? [
					{
						what: "listener",
						value: `itself or its load balancer tagged ${namesOrNone(owners)}`,
						allowed: "one that no controller in a cluster writes; a stack of yours may have made it",
					},
				]
			: []),
		...places
			.filter(({ rule }) => rule !== null && !isOurs(rule, environment))
			.map(({ priority, whose }) => ({
				what: `priority ${priority}`,
				value: "taken by another rule",
				allowed: `free: it is ${whose}`,
			})),
		...previewProblems(facts),
		...(base === null
			? creationProblems(facts)
			: isOurs(base, environment)
				? []
				: foreignBaseProblems(base, definition)),
		...(rulesAllowed !== null && rules.length + toCome > rulesAllowed
			? [
					{
						what: "rules of the load balancer",
						value: `${rules.length}, and ${toCome} more to come`,
						allowed: `${rulesAllowed}: the quota rules-per-application-load-balancer`,
					},
				]
			: []),
		...groupProblems(facts),
		...otherRouteProblems(facts),
	];
};
