import { isOurs, usersGroupOf } from "./base-rule.ts";
import { drainSecondsOf, type EnrolmentMemory, type Plan, quietSecondsSince } from "./enrolment.ts";
import type { CommonFacts, EnrolmentFacts, Leaving, UsersDeployment } from "./enrolment-facts.ts";
import { ownHealthyTargets } from "./own-rule.ts";
import type { Release } from "./release.ts";
import { type SlotName, slotNames } from "./slot.ts";
import { stepsAtRecord, stepsToFreeService, stepsToKeepUsers, stepsToLendService } from "./withdrawal-fences.ts";
import { isQuietForWithdrawal, isServedByUsers, servingSlot, slotsRun } from "./withdrawal-reach.ts";
import { podsServing, withdrawalProblems } from "./withdrawal-refusals.ts";

/** One thing to do on the way back to the user's own Deployment. The first one that remains is done. */
export type WithdrawalStep =
	| { readonly kind: "withdraw-record"; readonly epoch: number; readonly slot: SlotName; readonly release: Release }
	| { readonly kind: "bar-record"; readonly epoch: number; readonly leaving: Leaving }
	| { readonly kind: "forbid-stop"; readonly resourceVersion: string }
	| { readonly kind: "set-users-image"; readonly imageDigest: string; readonly resourceVersion: string }
	| { readonly kind: "start-users"; readonly replicas: number; readonly resourceVersion: string }
	| { readonly kind: "direct"; readonly usersPercent: 0 | 100; readonly slot: SlotName; readonly listsUsers: boolean }
	/** The user's own pods had taken over and cannot serve, while a slot still can. */
	| { readonly kind: "direct-to-slot-again"; readonly slot: SlotName }
	| { readonly kind: "move-in-cluster-service"; readonly slot: SlotName; readonly epoch: number }
	| { readonly kind: "await-users"; readonly missing: readonly string[] }
	/** Only the user can: the route is kept in a manifest of theirs. */
	| { readonly kind: "await-route-back" }
	| { readonly kind: "free-in-cluster-service"; readonly epoch: number }
	| { readonly kind: "await-drain"; readonly seconds: number }
	| { readonly kind: "remove-trial-rule" }
	| { readonly kind: "delete-base-rule"; readonly ruleArn: string }
	| { readonly kind: "retire-slot"; readonly slot: SlotName; readonly epoch: number }
	| { readonly kind: "remove-slot"; readonly slot: SlotName }
	| { readonly kind: "close-record"; readonly epoch: number };

/** What users are served when they go back: the image that is stable, or was. */
const releaseServed = ({ record, tombstone }: CommonFacts): Release | null =>
	record?.stableRelease ?? tombstone?.leaving?.release ?? null;

export const withdrawalWarnings = (facts: CommonFacts): readonly string[] => {
	const release = releaseServed(facts);
	const { workload } = facts.definition;
	const { users } = facts.cluster;
	const hasNoPreStop = users !== null && !users.hasPreStop && slotsRun(facts);
	const abrupt = hasNoPreStop
		? [
				"Pods have no preStop hook: pods of the slots are told to stop while callers that do not follow the rules, such as a Service or target group that selects your pods and theirs, still send them requests. Those under way may be lost; a sleep of some seconds closes that gap.",
			]
		: [];
	if (release === null) return abrupt;
	return [
		...abrupt,
		`Your Deployment gets the image that serves now, ${workload.repositoryUri}@${release.imageDigest}. If it is kept in git, put that digest there first, or git will put the older one back.`,
		"The rest of its template and the ConfigMaps that it names are taken as they are now: what was changed there since the last rollout begins to count.",
	];
};

const digestIn = (image: string): string | null => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? null;

const needsImage = ({ cluster: { users } }: CommonFacts, digest: string): boolean =>
	users !== null &&
	digestIn(users.image) !== digest &&
	(users.replicas === 0 || users.imageDigests.some((running) => running !== digest));

/**
 * What the user's own pods lack to serve what a slot serves. Their image is theirs to choose once they serve again.
 * @param healthy - healthy targets among them; null where pods that are ready are all that can be known.
 */
export const stepsToReadyUsers = (
	facts: CommonFacts,
	{ resourceVersion, replicas, readyReplicas, isSettled }: UsersDeployment,
	slot: SlotName,
	healthy: number | null,
	setsImage: boolean,
): readonly WithdrawalStep[] => {
	const steps: WithdrawalStep[] = [];
	const release = releaseServed(facts);
	if (setsImage && release !== null && needsImage(facts, release.imageDigest))
		steps.push({ kind: "set-users-image", imageDigest: release.imageDigest, resourceVersion });
	const needed = podsServing(facts, slot);
	// Not what an autoscaler wants: one that means the pods of slots as well may want more and start none.
	if (replicas < needed) steps.push({ kind: "start-users", replicas: needed, resourceVersion });
	const missing = [
		...(readyReplicas < needed ? [`${readyReplicas} of ${needed} pods are ready`] : []),
		...(isSettled ? [] : ["not all pods are of the newest template"]),
		...(healthy !== null && healthy < needed ? [`${healthy} of ${needed} targets are healthy`] : []),
	];
	if (missing.length > 0) steps.push({ kind: "await-users", missing });
	return steps;
};

/**
 * Back to the slot for as long as it runs: the user's own pods had taken over, and cannot serve. Each write to the rule is
 * looked at until the rule is deleted, so one that comes late is corrected, or finds no rule.
 */
const stepsToSlotAgain = (facts: EnrolmentFacts): readonly WithdrawalStep[] => {
	const { record, route, definition, cluster, slots } = facts;
	const slot = servingSlot(facts);
	const { wantedReplicas, readyReplicas, healthyTargets } = slots[slot];
	const couldServe = wantedReplicas > 0 && readyReplicas > 0 && healthyTargets > 0;
	const haveFailed = (cluster.users?.readyReplicas ?? 0) === 0 || ownHealthyTargets(facts) === 0;
	const isTheirs = isOurs(route.base, definition.environment) && isServedByUsers(facts);
	return [
		...(record === null && isTheirs && haveFailed && couldServe
			? [{ kind: "direct-to-slot-again", slot } as const]
			: []),
		...stepsToLendService(facts, slot),
	];
};

/** The user's own pods are started, and looked at for as long as a slot runs: somebody may stop them again. */
const stepsToUsers = (facts: EnrolmentFacts): readonly WithdrawalStep[] => {
	const { cluster, route, definition, record } = facts;
	const { users } = cluster;
	const isBack = isServedByUsers(facts);
	const group = usersGroupOf(route, definition.route);
	if (users === null || (isBack && record === null && !slotsRun(facts))) return [];
	const slot = servingSlot(facts);
	const steps = [...stepsToReadyUsers(facts, users, slot, ownHealthyTargets(facts), !isBack)];
	if (isBack || group === null) return steps;
	const at = steps.findIndex(({ kind }) => kind === "await-users");
	const beforeWait: WithdrawalStep[] = [];
	// Nobody checks targets of a group that no rule names, and nobody waits for what nobody checks.
	if (route.base?.weights[group] === undefined)
		beforeWait.push({ kind: "direct", usersPercent: 0, slot, listsUsers: true });
	// Nor does anybody register them where the in-cluster Service is what feeds the group, while it selects a slot. Callers
	// of any other follow once the user's pods have taken over: ready ones that no check has seen may be gone a moment later.
	const isFeeding = cluster.inClusterService?.feedsTargetGroups.includes(group) === true;
	if (isFeeding && at >= 0 && users.isSettled && users.readyReplicas >= podsServing(facts, slot))
		beforeWait.push(...stepsToFreeService(facts));
	steps.splice(at < 0 ? steps.length : at, 0, ...beforeWait);
	steps.push({ kind: "direct", usersPercent: 100, slot, listsUsers: true });
	return steps;
};

const stepsAway = (facts: EnrolmentFacts, memory: EnrolmentMemory, nowEpochMs: number): readonly WithdrawalStep[] => {
	const { route, definition, cluster, slots, record, tombstone } = facts;
	const steps: WithdrawalStep[] = [];
	const ours = isOurs(route.base, definition.environment);
	// Before anything is waited for: such a rule comes before the base rule, and sends requests to a slot.
	if ([route.trial, route.preview].some((rule) => isOurs(rule, definition.environment)))
		steps.push({ kind: "remove-trial-rule" });
	steps.push(...stepsToFreeService(facts));
	const isRunning = slotsRun(facts);
	const quietSeconds = isQuietForWithdrawal(facts) ? quietSecondsSince(memory, nowEpochMs) : 0;
	const left = drainSecondsOf(facts) - quietSeconds;
	if ((ours || isRunning) && left > 0) steps.push({ kind: "await-drain", seconds: Math.ceil(left) });
	if (ours && route.base !== null) steps.push({ kind: "delete-base-rule", ruleArn: route.base.ruleArn });
	for (const name of slotNames)
		if (slots[name].wantedReplicas > 0) steps.push({ kind: "retire-slot", slot: name, epoch: slots[name].epoch });
	for (const name of slotNames) {
		const { hasService, hasBinding, hasDeployment, hasAutoscaler } = cluster.slots[name];
		if (hasService || hasBinding || hasDeployment || hasAutoscaler) steps.push({ kind: "remove-slot", slot: name });
	}
	const epoch = Math.max(record?.epoch ?? 0, tombstone?.epoch ?? 0);
	if (record !== null || tombstone?.leaving !== undefined) steps.push({ kind: "close-record", epoch });
	return steps;
};

/**
 * What remains to be done until the user's own Deployment serves again and nothing of Sluice's is left; nothing when
 * it does. Also takes back an enrolment that was not finished.
 */
export const planWithdrawal = (
	facts: EnrolmentFacts,
	memory: EnrolmentMemory,
	nowEpochMs: number,
): Plan<WithdrawalStep> => {
	const again = stepsToSlotAgain(facts);
	// Whatever else is wrong: first somebody has to serve.
	const problems = again.length > 0 ? [] : withdrawalProblems(facts, memory);
	const warnings = withdrawalWarnings(facts);
	if (problems.length > 0) return { problems, warnings, steps: [] };
	const first = [
		...stepsAtRecord(facts, isOurs(facts.route.base, facts.definition.environment)),
		...stepsToKeepUsers(facts),
	];
	const back = stepsToUsers(facts);
	const isFreed = back.some(({ kind }) => kind === "free-in-cluster-service");
	const away = stepsAway(facts, memory, nowEpochMs).filter(
		({ kind }) => !(isFreed && kind === "free-in-cluster-service"),
	);
	return { problems, warnings, steps: [...again, ...first, ...back, ...away] };
};
