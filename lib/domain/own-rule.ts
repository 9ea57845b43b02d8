import { fromPriorityTag, isOurs, mayOverlap, soleGroupOf, usersGroupOf } from "./base-rule.ts";
import type { EnrolmentFacts, Problem, RouteRule } from "./enrolment-facts.ts";
import { rulesProblems } from "./route-refusals.ts";

type Found = Pick<EnrolmentFacts, "route" | "definition">;

/**
 * How many of the user's own pods are healthy targets of the user's own group; null where no group is known. A Service
 * that feeds the group selects slot pods as well, and those are targets there, too: they are not counted.
 */
export const ownHealthyTargets = ({
	route,
	definition,
	cluster: { users },
}: Found & Pick<EnrolmentFacts, "cluster">): number | null => {
	const group = usersGroupOf(route, definition.route);
	if (group === null) return null;
	const targets = route.groups[group]?.targets ?? [];
	const healthy = new Set(targets.filter(({ state }) => state === "healthy").map(({ address }) => address));
	return users?.podAddresses.filter((address) => healthy.has(address)).length ?? 0;
};

/** Why requests of the base rule would not meet the user's own: another one comes first, or it asks for others. */
const differences = (base: RouteRule, model: RouteRule, rules: readonly RouteRule[]): readonly Problem[] => {
	const what = `your own rule, at priority ${model.priority}`;
	const between = rules.filter(
		(rule) => rule.priority > base.priority && rule.priority < model.priority && mayOverlap(rule, base),
	);
	return [
		...(model.conditionsText === base.conditionsText && model.transformsText === base.transformsText
			? []
			: [
					{
						what: `conditions of ${what}`,
						value: "other conditions or transforms than those of the base rule, which was copied from it",
						allowed: `those of the base rule at priority ${base.priority}: requests that yours does not match would go elsewhere once the base rule is deleted`,
					},
				]),
		...rulesProblems(model, what),
		...between.map(({ priority }) => ({
			what: `the rule at priority ${priority}`,
			value: "may match the same requests and comes before your own rule",
			allowed: `a priority above ${model.priority}, so that requests meet your own rule first once the base rule is deleted`,
		})),
	];
};

/**
 * Why requests would not reach the user's own target group if the base rule were deleted now; empty where they would.
 * The rule that it was copied from serves then, so it must be there as it was, and nothing may come before it.
 */
export const ownRuleProblems = ({ route, definition }: Found): readonly Problem[] => {
	const { base, rules } = route;
	const group = usersGroupOf(route, definition.route);
	if (base === null || !isOurs(base, definition.environment) || group === null) return [];
	const from = Number(base.tags[fromPriorityTag]);
	if (!Number.isInteger(from))
		return [
			{
				what: `tag ${fromPriorityTag} of the base rule`,
				value: base.tags[fromPriorityTag] ?? "missing",
				allowed: "the priority of your own rule, which serves when the base rule is deleted",
			},
		];
	const model = rules.find(({ priority }) => priority === from) ?? null;
	if (model !== null && soleGroupOf(model, definition.route) === group) return differences(base, model, rules);
	return [
		{
			what: `your own rule, at priority ${from}`,
			value: model === null ? "missing" : "forwards elsewhere, or to several target groups",
			allowed: `one with the conditions of the base rule at priority ${base.priority} that forwards everything to ${group}: it serves when the base rule is deleted`,
		},
	];
};
