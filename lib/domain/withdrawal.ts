import { fromPriorityTag, isOurs, sharePercent, soleGroupOf, usersGroupOf } from "./base-rule.ts";
import { drainSecondsOf, type EnrolmentMemory, type Plan } from "./enrolment.ts";
import type { CommonFacts, EnrolmentFacts, Leaving, Problem, RouteRule, UsersDeployment } from "./enrolment-facts.ts";
import type { Release } from "./release.ts";
import { type SlotName, slotNames } from "./slot.ts";
import { stepsAtRecord, stepsToFreeService, stepsToKeepUsers } from "./withdrawal-fences.ts";

/** One thing to do on the way back to the user's own Deployment. The first one that remains is done. */
export type WithdrawalStep =
	| { readonly kind: "withdraw-record"; readonly epoch: number; readonly slot: SlotName; readonly release: Release }
	| { readonly kind: "bar-record"; readonly epoch: number; readonly leaving: Leaving }
	| { readonly kind: "forbid-stop"; readonly resourceVersion: string }
	| { readonly kind: "set-users-image"; readonly imageDigest: string; readonly resourceVersion: string }
	| { readonly kind: "start-users"; readonly replicas: number; readonly resourceVersion: string }
	| { readonly kind: "direct"; readonly usersPercent: 0 | 100; readonly slot: SlotName; readonly listsUsers: boolean }
	| { readonly kind: "await-users"; readonly missing: readonly string[] }
	/** Only the user can: the route is kept in a manifest of theirs. */
	| { readonly kind: "await-route-back" }
	| { readonly kind: "free-in-cluster-service"; readonly epoch: number }
	| { readonly kind: "await-drain"; readonly seconds: number }
	| { readonly kind: "remove-trial-rule" }
	| { readonly kind: "delete-base-rule" }
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
const releaseServed = ({ record, tombstone }: CommonFacts): Release | null =>
	record?.stableRelease ?? tombstone?.leaving?.release ?? null;

/** Whether a rule sends requests to a slot. */
const reachesSlot = (rule: RouteRule | null, { route }: EnrolmentFacts["definition"]): boolean =>
	Object.values(route.targetGroupArns).some((arn) => sharePercent(rule, arn) > 0);

/**
 * Whether requests still go, or again go, to the user's own pods, as the rules are configured. Whose the base rule is
 * says nothing about that: one that lost its tags goes on sending requests to a slot.
 */
const isServedByUsers = ({ route, definition }: EnrolmentFacts): boolean =>
	!reachesSlot(route.base, definition) &&
	(!isOurs(route.base, definition.environment) ||
		sharePercent(route.base, usersGroupOf(route, definition.route)) === 100);

/** Whether a slot has pods, or is to have some. */
export const slotsRun = ({ slots }: CommonFacts): boolean => slotNames.some((name) => slots[name].wantedReplicas > 0);

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

/** Rules that nobody but the user may write must not send anything to what is to be deleted. */
const foreignRuleProblems = ({ route, definition }: EnrolmentFacts): readonly Problem[] =>
	route.rules
		.filter((rule) => {
			const own = [route.base, route.trial, route.preview].find((known) => known?.ruleArn === rule.ruleArn);
			return !isOurs(own ?? null, definition.environment) && reachesSlot(rule, definition);
		})
		.map(({ priority }) => ({
			what: `the rule at priority ${priority}`,
			value: "sends requests to a slot, and carries no tag of this environment's",
			allowed:
				priority === definition.route.basePriority
					? `the tags sluice:environment=${definition.environment} and sluice:users-group, or a rule that forwards to your own target group`
					: "a rule that forwards elsewhere: the slots are to be deleted",
		}));

/** The rule that the base rule was copied from serves when that one goes, so it must be there and send everything home. */
const modelProblems = ({ route, definition }: EnrolmentFacts): readonly Problem[] => {
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
	if (model !== null && soleGroupOf(model, definition.route) === group) return [];
	return [
		{
			what: `your own rule, at priority ${from}`,
			value: model === null ? "missing" : "forwards elsewhere, or to several target groups",
			allowed: `one with the conditions of the base rule at priority ${base.priority} that forwards everything to ${group}: it serves when the base rule is deleted`,
		},
	];
};

const withdrawalProblems = (facts: EnrolmentFacts, memory: EnrolmentMemory): readonly Problem[] => {
	const { record, cluster, route, definition } = facts;
	const ours = isOurs(route.base, definition.environment);
	const what = `Deployment "${definition.workload.namespace}/${definition.workload.deployment}"`;
	return [
		...busyProblems(facts),
		...foreignRuleProblems(facts),
		...modelProblems(facts),
		...replicasProblems(facts, servingSlot(facts), memory),
		...((record !== null || ours || slotsRun(facts)) && cluster.users === null
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

/** Pods that serve now, or that are wanted if those are more: what has to be ready elsewhere before they go. */
const podsServing = ({ slots }: CommonFacts, slot: SlotName): number =>
	Math.max(1, slots[slot].wantedReplicas, slots[slot].readyReplicas);

/** Starts of the user's own pods after which it is said that somebody else stops them. */
const mostStarts = 5;

/** Remembers a start. One that follows a growing load is not counted: nobody has stopped anything. */
export const afterStart = (
	memory: EnrolmentMemory,
	users: UsersDeployment | null,
	usersSet: number,
): EnrolmentMemory => {
	const { usersStarts = 0, usersSet: before = Number.POSITIVE_INFINITY } = memory;
	return { ...memory, usersStarts: usersStarts + ((users?.replicas ?? 0) < before ? 1 : 0), usersSet };
};

/** Somebody, often git, goes on setting fewer replicas than serve: with those, users would be served by too few. */
export const replicasProblems = (
	facts: CommonFacts,
	slot: SlotName,
	{ usersStarts = 0 }: EnrolmentMemory,
): readonly Problem[] => {
	const { cluster, definition } = facts;
	const { namespace, deployment } = definition.workload;
	const needed = podsServing(facts, slot);
	const replicas = cluster.users?.replicas ?? needed;
	return usersStarts < mostStarts || replicas >= needed || !slotsRun(facts)
		? []
		: [
				{
					what: `replicas of Deployment "${namespace}/${deployment}"`,
					value: `${replicas} again, after as many as serve were set ${usersStarts} times`,
					allowed: `${needed} at least, as many as serve now: put that, or no replicas at all, where the Deployment is kept (git, or an autoscaler's upper bound), and ask again`,
				},
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

/** The user's own pods are started, and looked at for as long as a slot runs: somebody may stop them again. */
const stepsToUsers = (facts: EnrolmentFacts): readonly WithdrawalStep[] => {
	const { cluster, route, definition, record } = facts;
	const { users } = cluster;
	const isBack = isServedByUsers(facts);
	const group = usersGroupOf(route, definition.route);
	if (users === null || (isBack && record === null && !slotsRun(facts))) return [];
	const slot = servingSlot(facts);
	const healthy = group === null ? null : (route.groups[group]?.healthyTargets ?? 0);
	const steps = [...stepsToReadyUsers(facts, users, slot, healthy, !isBack)];
	if (isBack || group === null) return steps;
	// Nobody checks targets of a group that no rule names, and nobody waits for what nobody checks.
	const at = steps.findIndex(({ kind }) => kind === "await-users");
	if (route.base?.weights[group] === undefined)
		steps.splice(at < 0 ? steps.length : at, 0, { kind: "direct", usersPercent: 0, slot, listsUsers: true });
	steps.push({ kind: "direct", usersPercent: 100, slot, listsUsers: true });
	return steps;
};

const stepsAway = (facts: EnrolmentFacts, memory: EnrolmentMemory, nowEpochMs: number): readonly WithdrawalStep[] => {
	const { route, definition, cluster, slots, record, tombstone } = facts;
	const steps: WithdrawalStep[] = [];
	const ours = isOurs(route.base, definition.environment);
	steps.push(...stepsToFreeService(facts));
	const isRunning = slotsRun(facts);
	const quietSeconds =
		isQuietForWithdrawal(facts) && memory.quietSinceEpochMs !== null
			? (nowEpochMs - memory.quietSinceEpochMs) / 1000
			: 0;
	const left = drainSecondsOf(facts) - quietSeconds;
	if ((ours || isRunning) && left > 0) steps.push({ kind: "await-drain", seconds: Math.ceil(left) });
	if ([route.trial, route.preview].some((rule) => isOurs(rule, definition.environment)))
		steps.push({ kind: "remove-trial-rule" });
	if (ours) steps.push({ kind: "delete-base-rule" });
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
	const problems = withdrawalProblems(facts, memory);
	const warnings = withdrawalWarnings(facts);
	if (problems.length > 0) return { problems, warnings, steps: [] };
	const first = [
		...stepsAtRecord(facts, isOurs(facts.route.base, facts.definition.environment)),
		...stepsToKeepUsers(facts),
	];
	const back = stepsToUsers(facts);
	return { problems, warnings, steps: [...first, ...back, ...stepsAway(facts, memory, nowEpochMs)] };
};
