import { fromPriorityTag, isOurs, usersGroupOf } from "./base-rule.ts";
import type { EnrolmentFacts, Problem, RegisteredTarget, RouteToGroup } from "./enrolment-facts.ts";
import { namesOrNone } from "./some-names.ts";

/** States of a target that may be what is left of a pod: it is forgotten soon, whoever it was. */
const fadingStates = ["draining", "unhealthy", "unhealthy.draining"];

/**
 * Whether what the rule that is copied forwards to is this Deployment and nothing else. A rule of another service's would
 * be copied without a word, and its users would be sent to pods of this one. Asked until the base rule is there, which
 * remembers the group.
 */
export const targetProblems = ({ definition, route, cluster }: EnrolmentFacts): readonly Problem[] => {
	const { users: usersRule } = route;
	const arn = usersGroupOf(route, definition.route);
	const group = arn === null ? null : route.groups[arn];
	if (group == null || usersRule === null || group.targetType !== "ip") return [];
	const { namespace, deployment, port } = definition.workload;
	const users = cluster.users?.podAddresses ?? [];
	const slots = cluster.slotPodAddresses;
	const isLasting = ({ state }: RegisteredTarget): boolean => !fadingStates.includes(state);
	const own = group.targets.filter(({ address }) => users.includes(address));
	const strangers = group.targets.filter(
		(target) => isLasting(target) && !users.includes(target.address) && !slots.includes(target.address),
	);
	const otherPorts = own.filter((target) => isLasting(target) && target.port !== port);
	const what = `targets of ${arn}, which the rule at priority ${usersRule.priority} forwards to`;
	const allowed = `pods of Deployment "${namespace}/${deployment}" alone, by their port ${port}: name that one's rule as fromPriority`;
	const namesOf = (targets: readonly RegisteredTarget[]): string =>
		namesOrNone(targets.map(({ address, port: at }) => `${address}:${at}`));
	if (strangers.length > 0) return [{ what, value: `${namesOf(strangers)}, no pods of that Deployment`, allowed }];
	if (otherPorts.length > 0) return [{ what, value: namesOf(otherPorts), allowed }];
	// A Deployment without a pod is refused by that name.
	return own.length === 0 && users.length > 0 ? [{ what, value: "none of the pods of that Deployment", allowed }] : [];
};

/** Priority of the user's rule that the base rule was copied from, or is to be. */
const modelPriorityOf = ({ route: { base, users }, definition }: EnrolmentFacts): number | null => {
	const copied = Number(base?.tags[fromPriorityTag] ?? Number.NaN);
	return isOurs(base, definition.environment) && Number.isInteger(copied) ? copied : (users?.priority ?? null);
};

/**
 * What sends requests to the user's own target group besides the base rule and the rule below it that was copied. The
 * latter gets none for as long as it asks for the same.
 */
export const otherRoutesToUsers = (facts: EnrolmentFacts): readonly RouteToGroup[] => {
	const { route, definition } = facts;
	const base = isOurs(route.base, definition.environment) ? route.base : null;
	const modelPriority = modelPriorityOf(facts);
	const model = route.rules.find(({ priority }) => priority === modelPriority);
	const isCovered = model !== undefined && (base === null || base.conditionsText === model.conditionsText);
	// By its place, not by its ARN: a base rule may have come between the two readings, and whose it is others ask.
	const isAtBase = ({ listenerArn, priority }: RouteToGroup): boolean =>
		listenerArn === definition.route.listenerArn && priority === definition.route.basePriority;
	return route.routesToUsersGroup.filter(
		(other) => !isAtBase(other) && !(isCovered && other.ruleArn === model.ruleArn),
	);
};

const nameOf = ({ listenerArn, priority }: RouteToGroup, { definition: { route } }: EnrolmentFacts): string => {
	const rule = priority === null ? "the default action" : `the rule at priority ${priority}`;
	return listenerArn === route.listenerArn && priority !== null ? rule : `${rule} of listener ${listenerArn}`;
};

/** Requests that come another way would go on reaching the user's own pods, until those are stopped under them. */
export const otherRouteProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const { route, definition } = facts;
	const group = usersGroupOf(route, definition.route);
	const modelPriority = modelPriorityOf(facts);
	return otherRoutesToUsers(facts).map((other) => {
		const isModel = other.listenerArn === definition.route.listenerArn && other.priority === modelPriority;
		return {
			what: nameOf(other, facts),
			value: isModel
				? "asks for something else of requests than the base rule that was copied from it"
				: `forwards to your own target group ${group} as well`,
			allowed: isModel
				? "the conditions of the base rule: what matches only yours would reach pods that are to be stopped"
				: "one rule that forwards there: what comes by any other would reach pods that are to be stopped. Put its conditions into that one, or let it forward elsewhere",
		};
	});
};
