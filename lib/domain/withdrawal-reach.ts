import { isOurs, sharePercent, usersGroupOf } from "./base-rule.ts";
import type { CommonFacts, EnrolmentFacts, RouteRule } from "./enrolment-facts.ts";
import { type SlotName, slotNames } from "./slot.ts";

/** The slot that serves, or served when the service was withdrawn. */
export const servingSlot = ({ record, tombstone, route, definition }: EnrolmentFacts): SlotName =>
	record?.stableSlot ??
	tombstone?.leaving?.slot ??
	slotNames.find((name) => sharePercent(route.base, definition.route.targetGroupArns[name]) > 0) ??
	"blue";

/** Whether a rule sends requests to a slot. */
export const reachesSlot = (rule: RouteRule | null, { route }: EnrolmentFacts["definition"]): boolean =>
	Object.values(route.targetGroupArns).some((arn) => sharePercent(rule, arn) > 0);

/**
 * Whether requests still go, or again go, to the user's own pods, as the rules are configured. Whose the base rule is
 * says nothing about that: one that lost its tags goes on sending requests to a slot.
 */
export const isServedByUsers = ({ route, definition }: EnrolmentFacts): boolean =>
	!reachesSlot(route.base, definition) &&
	(!isOurs(route.base, definition.environment) ||
		sharePercent(route.base, usersGroupOf(route, definition.route)) === 100);

/** Whether a slot has pods, or is to have some. */
export const slotsRun = ({ slots }: CommonFacts): boolean => slotNames.some((name) => slots[name].wantedReplicas > 0);

/** Whether nothing reaches a slot any more, by any rule and by the in-cluster Service's selector. */
export const isQuietForWithdrawal = (facts: EnrolmentFacts): boolean => {
	const { route, definition, cluster } = facts;
	const others = [route.trial, route.preview, ...route.rules];
	return (
		isServedByUsers(facts) &&
		!others.some((rule) => reachesSlot(rule, definition)) &&
		(cluster.inClusterService?.slot ?? null) === null
	);
};
