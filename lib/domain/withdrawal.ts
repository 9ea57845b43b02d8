import { fromPriorityTag, isOurs, originTag, sharePercent, soleGroupOf, usersGroupOf } from "./base-rule.ts";
import { drainSecondsOf, type EnrolmentMemory, type Plan } from "./enrolment.ts";
import type { CommonFacts, EnrolmentFacts, Problem } from "./enrolment-facts.ts";
import type { Release } from "./release.ts";
import { type SlotName, slotNames } from "./slot.ts";

/** One thing to do on the way back to the user's own Deployment. The first one that remains is done. */
export type WithdrawalStep =
	| { readonly kind: "withdraw-record"; readonly epoch: number; readonly slot: SlotName; readonly release: Release }
	| { readonly kind: "bar-record"; readonly epoch: number }
	| { readonly kind: "set-users-image"; readonly imageDigest: string; readonly resourceVersion: string }
	| { readonly kind: "start-users"; readonly replicas: number; readonly resourceVersion: string }
	| { readonly kind: "direct"; readonly usersPercent: 0 | 100; readonly slot: SlotName; readonly listsUsers: boolean }
	| { readonly kind: "await-users"; readonly missing: readonly string[] }
	/** Only the user can: the route is kept in a manifest of theirs. */
	| { readonly kind: "await-route-back" }
	| { readonly kind: "free-in-cluster-service" }
	| { readonly kind: "await-drain"; readonly seconds: number }
	| { readonly kind: "remove-trial-rule" }
	| { readonly kind: "give-back-base-rule"; readonly to: "rule-below" | "users-group" }
	| { readonly kind: "retire-slot"; readonly slot: SlotName; readonly epoch: number }
	| { readonly kind: "remove-slot"; readonly slot: SlotName }
	| { readonly kind: "close-record"; readonly epoch: number };

/** The slot that serves, or served when the service was withdrawn. */
const servingSlot = ({ record, tombstone, route, definition }: EnrolmentFacts): SlotName =>
	record?.stableSlot ??
	tombstone?.leaving?.slot ??
	slotNames.find((name) => sharePercent(route.base, definition.route.targetGroupArns[name]) > 0) ??
	"blue";

/** What users are served when they go back: the image that is stable, or was. */
export const releaseServed = ({ record, tombstone }: CommonFacts): Release | null =>
	record?.stableRelease ?? tombstone?.leaving?.release ?? null;

/** Whether requests still go, or again go, to the user's own pods, as the rules are configured. */
const isServedByUsers = ({ route, definition }: EnrolmentFacts): boolean =>
	!isOurs(route.base, definition.environment) ||
	sharePercent(route.base, usersGroupOf(route, definition.route)) === 100;

/** Whether nothing reaches a slot any more, by the rules and by the in-cluster Service's selector. */
export const isQuietForWithdrawal = (facts: EnrolmentFacts): boolean =>
	isServedByUsers(facts) && (facts.cluster.inClusterService?.slot ?? null) === null;

/** A service goes when it is idle. */
export const busyProblems = ({ record }: CommonFacts): readonly Problem[] =>
	record === null || record.phase === "idle"
		? []
		: [
				{
					what: "service",
					value: `${record.phase}, rollout ${record.rolloutId}`,
					allowed: "idle: end the rollout first, or abort it",
				},
			];

const withdrawalProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const { record, cluster, route, definition } = facts;
	const ours = isOurs(route.base, definition.environment);
	const what = `Deployment "${definition.workload.namespace}/${definition.workload.deployment}"`;
	return [
		...busyProblems(facts),
		...((record !== null || ours) && cluster.users === null
			? [{ what, value: "missing", allowed: "your own Deployment, which traffic goes back to" }]
			: []),
		...(ours && usersGroupOf(route, definition.route) === null
			? [
					{
						what: "tag sluice:users-group of the base rule",
						value: "missing",
						allowed: "the ARN of your own target group, which traffic goes back to",
					},
				]
			: []),
	];
};

export const withdrawalWarnings = (facts: CommonFacts): readonly string[] => {
	const release = releaseServed(facts);
	const { workload } = facts.definition;
	if (release === null) return [];
	return [
		`Your Deployment gets the image that serves now, ${workload.repositoryUri}@${release.imageDigest}. If it is kept in git, put that digest there first, or git will put the older one back.`,
		"The rest of its template and the ConfigMaps that it names are taken as they are now: what was changed there since the last rollout begins to count.",
	];
};

const digestIn = (image: string): string | null => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? null;

export const needsImage = ({ cluster: { users } }: CommonFacts, digest: string): boolean =>
	users !== null &&
	digestIn(users.image) !== digest &&
	(users.replicas === 0 || users.imageDigests.some((running) => running !== digest));

const stepsToUsers = (facts: EnrolmentFacts): readonly WithdrawalStep[] => {
	const { cluster, slots, route, definition } = facts;
	const { users } = cluster;
	const slot = servingSlot(facts);
	const group = usersGroupOf(route, definition.route);
	const steps: WithdrawalStep[] = [];
	if (users === null || group === null) return steps;
	const { resourceVersion } = users;
	const release = releaseServed(facts);
	if (release !== null && needsImage(facts, release.imageDigest))
		steps.push({ kind: "set-users-image", imageDigest: release.imageDigest, resourceVersion });
	const needed = Math.max(1, slots[slot].wantedReplicas, slots[slot].readyReplicas);
	if (users.wantedReplicas < needed) steps.push({ kind: "start-users", replicas: needed, resourceVersion });
	if (route.base?.weights[group] === undefined) steps.push({ kind: "direct", usersPercent: 0, slot, listsUsers: true });
	const healthy = route.groups[group]?.healthyTargets ?? 0;
	const missing = [
		...(users.readyReplicas < needed ? [`${users.readyReplicas} of ${needed} pods are ready`] : []),
		...(users.isSettled ? [] : ["not all pods are of the newest template"]),
		...(healthy < needed ? [`${healthy} of ${needed} targets are healthy`] : []),
	];
	if (missing.length > 0) steps.push({ kind: "await-users", missing });
	steps.push({ kind: "direct", usersPercent: 100, slot, listsUsers: true });
	return steps;
};

/** A rule that Sluice made goes; one that it took over, or whose model below is gone, stays and is the user's again. */
const giveBackTo = ({ route, definition }: EnrolmentFacts): "rule-below" | "users-group" => {
	const { base, rules } = route;
	const from = Number(base?.tags[fromPriorityTag]);
	const below = rules.find(({ priority }) => priority === from) ?? null;
	const isCreated = base?.tags[originTag] === "created";
	const isIntact = soleGroupOf(below, definition.route) === usersGroupOf(route, definition.route);
	return isCreated && below !== null && isIntact ? "rule-below" : "users-group";
};

const stepsAway = (facts: EnrolmentFacts, memory: EnrolmentMemory, nowEpochMs: number): readonly WithdrawalStep[] => {
	const { route, definition, cluster, slots, record, tombstone } = facts;
	const steps: WithdrawalStep[] = [];
	const ours = isOurs(route.base, definition.environment);
	if (cluster.inClusterService !== null && cluster.inClusterService.slot !== null)
		steps.push({ kind: "free-in-cluster-service" });
	const isRunning = slotNames.some((name) => slots[name].wantedReplicas > 0);
	const quietSeconds =
		isQuietForWithdrawal(facts) && memory.quietSinceEpochMs !== null
			? (nowEpochMs - memory.quietSinceEpochMs) / 1000
			: 0;
	const left = drainSecondsOf(facts) - quietSeconds;
	if ((ours || isRunning) && left > 0) steps.push({ kind: "await-drain", seconds: Math.ceil(left) });
	if (isOurs(route.trial, definition.environment)) steps.push({ kind: "remove-trial-rule" });
	if (ours) steps.push({ kind: "give-back-base-rule", to: giveBackTo(facts) });
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

/** First of all nothing may begin any more: neither a rollout, nor a record that an enrolment wrote and that comes late. */
export const stepsAtRecord = ({ record, tombstone, slots }: CommonFacts): readonly WithdrawalStep[] => {
	if (record !== null)
		return [{ kind: "withdraw-record", epoch: record.epoch, slot: record.stableSlot, release: record.stableRelease }];
	const epoch = Math.max(slots.blue.epoch, slots.green.epoch);
	return epoch > (tombstone?.epoch ?? 0) ? [{ kind: "bar-record", epoch }] : [];
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
	const problems = withdrawalProblems(facts);
	const warnings = withdrawalWarnings(facts);
	if (problems.length > 0) return { problems, warnings, steps: [] };
	const first = stepsAtRecord(facts);
	const back = isServedByUsers(facts) ? [] : stepsToUsers(facts);
	return { problems, warnings, steps: [...first, ...back, ...stepsAway(facts, memory, nowEpochMs)] };
};
