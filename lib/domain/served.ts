import { sharePercent, usersGroupOf } from "./base-rule.ts";
import type { CommonFacts, EnrolmentFacts, GatewayFacts } from "./enrolment-facts.ts";
import { ownHealthyTargets } from "./own-rule.ts";
import { type SlotName, slotNames } from "./slot.ts";

/** Whether pods of a slot are ready, and known as such to who sends them requests. */
const canSlotServe = ({ slots }: CommonFacts, slot: SlotName): boolean =>
	slots[slot].readyReplicas > 0 && slots[slot].healthyTargets > 0;

const canUsersServe = ({ cluster: { users } }: CommonFacts): boolean => (users?.readyReplicas ?? 0) > 0;

/** Whether callers in the cluster meet a pod that is ready; one that names no slot selects the user's own. */
const areCallersServed = (facts: CommonFacts): boolean => {
	const { inClusterService } = facts.cluster;
	if (inClusterService === null) return true;
	return inClusterService.slot === null ? canUsersServe(facts) : facts.slots[inClusterService.slot].readyReplicas > 0;
};

/**
 * Whether everybody was seen to be served: each target group that the rule which comes first sends requests to has pods
 * that are ready and targets that are healthy. False also where that could not be seen.
 */
export const isServed = (facts: EnrolmentFacts): boolean => {
	const { route, definition } = facts;
	const rule = route.base ?? route.users;
	const group = usersGroupOf(route, definition.route);
	const slots = slotNames.filter((name) => sharePercent(rule, definition.route.targetGroupArns[name]) > 0);
	const toSlots = slots.reduce((sum, name) => sum + sharePercent(rule, definition.route.targetGroupArns[name]), 0);
	const toUsers = sharePercent(rule, group);
	return (
		Math.round(toSlots + toUsers) === 100 &&
		slots.every((name) => canSlotServe(facts, name)) &&
		(toUsers === 0 || (canUsersServe(facts) && (ownHealthyTargets(facts) ?? 0) > 0)) &&
		areCallersServed(facts)
	);
};

/** The same behind an HTTPRoute, whose other backends nobody looks at but the user's own Deployment. */
export const isGatewayServed = (facts: GatewayFacts): boolean => {
	const { base, reachesNoSlot } = facts;
	if (!areCallersServed(facts)) return false;
	if (base === null) return reachesNoSlot && canUsersServe(facts);
	return slotNames.every((name) => base[name] === 0 || canSlotServe(facts, name));
};
