import { isOurs, usersGroupOf } from "./base-rule.ts";
import type { CommonFacts, EnrolmentFacts, Problem, UsersDeployment } from "./enrolment-facts.ts";
import { limitProblems } from "./enrolment-limits.ts";
import { enrolmentProblems, isMoved, leavingProblems } from "./enrolment-refusals.ts";
import { ruleToRenew, stepsToFreeCallers, stepsToRescue } from "./enrolment-rescue.ts";
import { enrolmentWarnings } from "./enrolment-warnings.ts";
import { ownRuleProblems } from "./own-rule.ts";
import { type Release, releaseOf } from "./release.ts";
import { type SlotName, slotNames } from "./slot.ts";

/** What an execution remembers between two looks; a lost memory only makes it wait once more. */
export interface EnrolmentMemory {
	/** Since when nothing has been sent to what is to be stopped; null while something is. */
	readonly quietSinceEpochMs: number | null;
	/** What is being waited for, and since when. */
	readonly waitingFor: string | null;
	readonly waitingSinceEpochMs: number | null;
	/** How often the user's own pods were started on the way out; more than a few times, somebody stops them again. */
	readonly usersStarts?: number | undefined;
	/** How many of them were set last. */
	readonly usersSet?: number | undefined;
	/** How often they had taken over on the way out and could not serve. */
	readonly usersFailures?: number | undefined;
	/** How often callers in the cluster were sent to a slot, in either direction. */
	readonly callersSent?: number | undefined;
	/** What was done last, if nothing was waited for since, and since when it is done over and over. */
	readonly doing?: string | undefined;
	readonly doingSinceEpochMs?: number | undefined;
	/** The base rule that was given up: once it may have been deleted, it must be, or a late deletion meets it. */
	readonly givenUpRuleArn?: string | undefined;
	/** How many base rules were given up on the way in. */
	readonly rulesGivenUp?: number | undefined;
	/** Priority that the one given up was copied from, for whoever named none. */
	readonly fromPriority?: number | undefined;
}

export const noMemory: EnrolmentMemory = { quietSinceEpochMs: null, waitingFor: null, waitingSinceEpochMs: null };

/** One thing to do. The first one that remains is done; what follows is decided anew from what is found then. */
export type EnrolmentStep =
	| { readonly kind: "bind-slot"; readonly slot: SlotName }
	| { readonly kind: "create-base-rule"; readonly usersGroupArn: string }
	/** The user's own rule below it serves then; the next base rule has another ARN. */
	| { readonly kind: "renew-base-rule"; readonly ruleArn: string; readonly fromPriority: number | null }
	| { readonly kind: "deploy-slot"; readonly slot: SlotName; readonly release: Release; readonly epoch: number }
	| { readonly kind: "hold-slot"; readonly slot: SlotName; readonly minReplicas: number; readonly epoch: number }
	| { readonly kind: "await-slot"; readonly missing: readonly string[] }
	/** Only the user can: the route is kept in a manifest of theirs. */
	| { readonly kind: "await-route" }
	| { readonly kind: "direct"; readonly usersPercent: 0 | 100; readonly slot: SlotName; readonly listsUsers: boolean }
	| { readonly kind: "free-in-cluster-service"; readonly epoch: number }
	| { readonly kind: "move-in-cluster-service"; readonly slot: SlotName; readonly epoch: number }
	| { readonly kind: "await-drain"; readonly seconds: number }
	| { readonly kind: "follow-load"; readonly slot: SlotName; readonly epoch: number }
	| { readonly kind: "allow-stop"; readonly epoch: number; readonly resourceVersion: string }
	| { readonly kind: "stop-users"; readonly resourceVersion: string }
	| {
			readonly kind: "record";
			readonly release: Release;
			readonly epoch: number;
			/** Epoch that the slot carries: the fence of its scale-down. */
			readonly slotEpoch: number;
	  };

/** What is to be done about a service, first things first. */
export interface Plan<Step> {
	/** Why nothing may be done; then there are no steps. */
	readonly problems: readonly Problem[];
	readonly warnings: readonly string[];
	readonly steps: readonly Step[];
}

/** What enrolment makes the serving slot; any other would do. */
const slot: SlotName = "blue";

/** The tag of a reference, which a digest may follow. Neither a port before the last slash nor a digest alone is one. */
const imageTag = (image: string): string | undefined =>
	/^[^@]*:([\w][\w.-]{0,127})(?:@sha256:[0-9a-f]{64})?$/.exec(image)?.[1];

/** The release that serves now: what the pods run, and the tag that the template says, for people. */
export const servingRelease = (
	{ cluster: { users }, slots: { blue } }: CommonFacts,
	hasMoved: boolean,
): Release | null => {
	const digest = hasMoved ? blue.imageDigest : (users?.imageDigests[0] ?? blue.imageDigest);
	if (digest === null) return null;
	const contentHash = blue.imageDigest === digest ? (blue.contentHash ?? undefined) : undefined;
	return releaseOf(digest, users === null ? undefined : imageTag(users.image), contentHash);
};

/**
 * Epoch of this enrolment: above every earlier one, and the one that the slot carries where it was deployed already. The
 * in-cluster Service may come from an environment whose table is another one, and obeys nobody below its epoch.
 */
export const epochFor = (facts: CommonFacts, isDeployed: boolean): number => {
	const { record, tombstone, cluster, slots } = facts;
	const { blue, green } = slots;
	if (record !== null) return record.epoch;
	const least = Math.max((tombstone?.epoch ?? 0) + 1, blue.epoch, green.epoch, cluster.inClusterEpoch ?? 0);
	return isDeployed || blue.epoch < least ? least : blue.epoch + 1;
};

/** Pods that must be ready before traffic moves: as many as serve, or as many as are wanted if those are more. */
const neededPods = ({ cluster: { users } }: CommonFacts): number =>
	Math.max(1, users?.wantedReplicas ?? 0, users?.readyReplicas ?? 0);

/** Seconds after which nothing that was sent to the old place is under way any more (D4). */
export const drainSecondsOf = ({ definition, route, cluster: { users } }: EnrolmentFacts): number => {
	const group = usersGroupOf(route, definition.route);
	const delay = group === null ? 0 : (route.groups[group]?.deregistrationDelaySeconds ?? 0);
	return Math.max(300, definition.drainSeconds, delay, users?.terminationGraceSeconds ?? 0);
};

const lackOf = ({ slots }: CommonFacts, needed: number, name: SlotName = slot): readonly string[] => {
	const { readyReplicas, isSettled, healthyTargets } = slots[name];
	return [
		...(readyReplicas < needed ? [`${readyReplicas} of ${needed} pods are ready`] : []),
		...(isSettled ? [] : ["not all pods are of the newest template"]),
		...(healthyTargets < needed ? [`${healthyTargets} of ${needed} targets are healthy`] : []),
	];
};

/**
 * What the slot that has taken over lacks to be left alone with the requests; asked until the user's pods are stopped and
 * the service is recorded. Where its autoscaler wants fewer pods than the user had, those are enough.
 */
export const lackAfterMove = (facts: CommonFacts): readonly string[] => {
	const { record, slots, cluster } = facts;
	if (record !== null && (cluster.users?.replicas ?? 0) === 0) return [];
	const name = record?.stableSlot ?? slot;
	const needed = Math.max(1, Math.min(slots[name].wantedReplicas, neededPods(facts)));
	const lack = lackOf(facts, needed, name);
	// Of a service on record a rollout may be under way, which changes templates; pods that serve are what counts.
	return record === null
		? lack
		: lackOf({ ...facts, slots: { ...slots, [name]: { ...slots[name], isSettled: true } } }, needed, name);
};

/** Services and bindings that are missing, or were deleted since: without them no pod of a slot becomes a target. */
const stepsToBind = ({ cluster }: EnrolmentFacts): readonly EnrolmentStep[] =>
	slotNames.flatMap((name): EnrolmentStep[] => {
		const { hasService, hasBinding } = cluster.slots[name];
		return hasService && hasBinding ? [] : [{ kind: "bind-slot", slot: name }];
	});

/**
 * Whether the slot was told to run a release and still is. One that somebody scaled to zero is not: its epoch is left
 * alone by whoever has the same one, so only a fresh one starts it again.
 */
export const isFilled = ({ slots: { blue } }: CommonFacts, release: Release | null): boolean =>
	blue.imageDigest === release?.imageDigest && blue.epoch > 0 && blue.wantedReplicas > 0;

/** The slot gets what serves now, as many pods of it, and is waited for; nothing where it can serve everything already. */
export const stepsToFill = (facts: CommonFacts, release: Release): readonly EnrolmentStep[] => {
	const { blue } = facts.slots;
	const steps: EnrolmentStep[] = [];
	const isDeployed = isFilled(facts, release);
	const epoch = epochFor(facts, isDeployed);
	if (!isDeployed) steps.push({ kind: "deploy-slot", slot, release, epoch });
	const needed = neededPods(facts);
	if (!isDeployed || blue.minReplicas < needed)
		steps.push({ kind: "hold-slot", slot, minReplicas: needed, epoch: isDeployed ? blue.epoch : epoch });
	const missing = isDeployed ? lackOf(facts, needed) : [`0 of ${needed} pods are ready`];
	if (missing.length > 0) steps.push({ kind: "await-slot", missing });
	return steps;
};

/** Until traffic has moved: the slot gets what serves now, in full, beside it. */
const stepsBeforeMove = (facts: EnrolmentFacts): readonly EnrolmentStep[] => {
	const { definition, route } = facts;
	const steps: EnrolmentStep[] = [];
	const usersGroupArn = usersGroupOf(route, definition.route);
	if (!isOurs(route.base, definition.environment) && usersGroupArn !== null)
		steps.push({ kind: "create-base-rule", usersGroupArn });
	const release = servingRelease(facts, false);
	if (release === null) return steps;
	return [...steps, ...stepsToFill(facts, release), { kind: "direct", usersPercent: 0, slot, listsUsers: true }];
};

/**
 * The user's own pods go only while their Deployment is marked for it. Giving back takes the mark off, a write that no
 * stop which was decided before it survives, however late it comes.
 */
export const stepsToStop = (users: UsersDeployment | null, epoch: number): readonly EnrolmentStep[] => {
	if (users === null || users.replicas === 0) return [];
	const { resourceVersion, stopEpoch } = users;
	return [
		...(stopEpoch === null ? [{ kind: "allow-stop", epoch, resourceVersion } as const] : []),
		{ kind: "stop-users", resourceVersion },
	];
};

/** Whether nothing is sent to the user's own pods, by the rules and by the in-cluster Service's selector. */
const isQuiet = ({ route, definition, cluster }: EnrolmentFacts): boolean =>
	isMoved(route, definition) &&
	(definition.workload.inClusterService === null || cluster.inClusterService?.slot !== null);

/** From then on: callers in the cluster follow, connections drain, and the user's own pods go last. */
const stepsAfterMove = (
	facts: EnrolmentFacts,
	memory: EnrolmentMemory,
	nowEpochMs: number,
): readonly EnrolmentStep[] => {
	const { definition, cluster, slots, route, record } = facts;
	const { users } = cluster;
	const isBefore = !isMoved(route, definition);
	const release = servingRelease(facts, !isBefore);
	const isDeployed = !isBefore || isFilled(facts, release);
	const epoch = epochFor(facts, isDeployed);
	const slotEpoch = isDeployed && slots.blue.epoch > 0 ? slots.blue.epoch : epoch;
	const steps: EnrolmentStep[] = [];
	const missing = isBefore ? [] : lackAfterMove(facts);
	if (missing.length > 0) steps.push({ kind: "await-slot", missing });
	if (definition.workload.inClusterService !== null && record === null && cluster.inClusterService?.slot !== slot)
		steps.push({ kind: "move-in-cluster-service", slot, epoch });
	const usersGroupArn = usersGroupOf(route, definition.route);
	const isListed = isBefore || (usersGroupArn !== null && route.base?.weights[usersGroupArn] !== undefined);
	const isRunning = (users?.replicas ?? 0) > 0;
	const left = drainSecondsOf(facts) - (quietSecondsOf(facts, memory, nowEpochMs) ?? 0);
	if ((isListed || isRunning) && left > 0) steps.push({ kind: "await-drain", seconds: Math.ceil(left) });
	if (isListed && record === null) steps.push({ kind: "direct", usersPercent: 0, slot, listsUsers: false });
	if (record === null && (isBefore || slots.blue.minReplicas !== cluster.minReplicas))
		steps.push({ kind: "follow-load", slot, epoch: slotEpoch });
	steps.push(...stepsToStop(users, epoch));
	if (record === null && release !== null) steps.push({ kind: "record", release, epoch, slotEpoch });
	return steps;
};

/** How long nothing has been sent to what is to be stopped, as far as an execution remembers. */
export const quietSecondsSince = ({ quietSinceEpochMs }: EnrolmentMemory, nowEpochMs: number): number =>
	quietSinceEpochMs === null ? 0 : (nowEpochMs - quietSinceEpochMs) / 1000;

const quietSecondsOf = (facts: EnrolmentFacts, memory: EnrolmentMemory, nowEpochMs: number): number | null => {
	return isQuiet(facts) ? quietSecondsSince(memory, nowEpochMs) : null;
};

const problemsOf = (facts: EnrolmentFacts, memory: EnrolmentMemory): readonly Problem[] => {
	const leaving = leavingProblems(facts);
	if (leaving.length > 0) return leaving;
	const all = [...limitProblems(facts, memory), ...enrolmentProblems(facts)];
	if (ruleToRenew(facts, memory) === null) return all;
	const own = ownRuleProblems(facts);
	// Whatever else is wrong: where the slot serves nobody, the user's own pods have to serve first.
	return own.length === 0 && isMoved(facts.route, facts.definition) ? [] : [...own, ...all];
};

/**
 * What remains to be done until a running Deployment is the blue slot; nothing when it is. Whoever is interrupted
 * begins again: each step follows from what is found, none from what was done.
 */
export const planEnrolment = (
	facts: EnrolmentFacts,
	memory: EnrolmentMemory,
	nowEpochMs: number,
): Plan<EnrolmentStep> => {
	const problems = problemsOf(facts, memory);
	const warnings = enrolmentWarnings(facts);
	if (problems.length > 0) {
		const steps = stepsToFreeCallers(facts, epochFor(facts, true));
		return { problems: steps.length > 0 ? [] : problems, warnings, steps };
	}
	const isEnrolled = facts.record !== null || isMoved(facts.route, facts.definition);
	const before = isEnrolled ? [] : stepsBeforeMove(facts);
	const steps = [
		...stepsToRescue(facts, memory, epochFor(facts, true)),
		...stepsToBind(facts),
		...before,
		...stepsAfterMove(facts, memory, nowEpochMs),
	];
	return { problems, warnings, steps };
};

/** What is remembered for the next look. */
export const remembered = (
	memory: EnrolmentMemory,
	isQuietNow: boolean,
	waitingFor: string | null,
	nowEpochMs: number,
): EnrolmentMemory => ({
	quietSinceEpochMs: isQuietNow ? (memory.quietSinceEpochMs ?? nowEpochMs) : null,
	waitingFor,
	waitingSinceEpochMs:
		waitingFor === null ? null : memory.waitingFor === waitingFor ? memory.waitingSinceEpochMs : nowEpochMs,
	usersStarts: memory.usersStarts,
	usersSet: memory.usersSet,
	usersFailures: memory.usersFailures,
	callersSent: memory.callersSent,
	givenUpRuleArn: memory.givenUpRuleArn,
	rulesGivenUp: memory.rulesGivenUp,
	fromPriority: memory.fromPriority,
});

/** Whether, in enrolling, nothing reaches the user's own pods any more. */
export const isQuietForEnrolment = isQuiet;
