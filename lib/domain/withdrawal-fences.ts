import type { CommonFacts } from "./enrolment-facts.ts";
import { type SlotName, slotNames } from "./slot.ts";
import type { WithdrawalStep } from "./withdrawal.ts";

/** First of all nothing may begin any more: neither a rollout, nor a record that an enrolment wrote and that comes late. */
export const stepsAtRecord = (
	{ record, tombstone, slots, cluster }: CommonFacts,
	hasRule = false,
): readonly WithdrawalStep[] => {
	if (record !== null)
		return [{ kind: "withdraw-record", epoch: record.epoch, slot: record.stableSlot, release: record.stableRelease }];
	const { epoch: barred = 0, leaving } = tombstone ?? {};
	const isFirst = leaving === undefined;
	// What giving back leaves on the Service itself is above all that, and does not count once more.
	const found = isFirst ? (cluster.inClusterEpoch ?? 0) : 0;
	const epoch = Math.max(1, barred, slots.blue.epoch, slots.green.epoch, found);
	const isBegun = hasRule || slotNames.some((name) => Object.values(cluster.slots[name]).includes(true));
	// Marked as leaving, so that an enrolment that still runs is refused instead of making again what is taken away.
	return (isBegun && isFirst) || Math.max(slots.blue.epoch, slots.green.epoch) > barred
		? [{ kind: "bar-record", epoch, leaving: leaving ?? {} }]
		: [];
};

/** From then on no enrolment stops the user's own pods, not even by a write that was sent long before (D4). */
export const stepsToKeepUsers = ({ cluster: { users } }: CommonFacts): readonly WithdrawalStep[] =>
	users === null || users.stopEpoch === null ? [] : [{ kind: "forbid-stop", resourceVersion: users.resourceVersion }];

/**
 * The in-cluster Service goes back, also where it never came: an epoch above that of whoever pointed it at a slot is left
 * there, so that a move which comes late is refused instead of pointing callers at a slot that is gone (D4).
 */
export const stepsToFreeService = ({ cluster, tombstone }: CommonFacts): readonly WithdrawalStep[] => {
	const { inClusterService, inClusterEpoch } = cluster;
	if (inClusterService === null) return [];
	const carried = inClusterEpoch ?? 0;
	// The next enrolment begins with this one, and may write again.
	const least = (tombstone?.epoch ?? 0) + 1;
	if (inClusterService.slot !== null) return [{ kind: "free-in-cluster-service", epoch: Math.max(least, carried + 1) }];
	return tombstone?.leaving !== undefined && carried < least ? [{ kind: "free-in-cluster-service", epoch: least }] : [];
};

/**
 * Callers in the cluster that were freed to the user's own pods, of which none is ready, go back to a slot that still runs.
 * However often that was: it is freeing them once more that comes to an end.
 */
export const stepsToLendService = (
	{ cluster: { inClusterService, inClusterEpoch, users }, tombstone, record, slots }: CommonFacts,
	slot: SlotName,
): readonly WithdrawalStep[] => {
	const { wantedReplicas, readyReplicas } = slots[slot];
	const couldServe = wantedReplicas > 0 && readyReplicas > 0;
	const isLeft = record === null && tombstone?.leaving !== undefined && inClusterService?.slot === null;
	const epoch = Math.max((tombstone?.epoch ?? 0) + 1, inClusterEpoch ?? 0);
	return isLeft && couldServe && (users?.readyReplicas ?? 0) === 0
		? [{ kind: "move-in-cluster-service", slot, epoch }]
		: [];
};
