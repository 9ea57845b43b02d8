import { isOurs, mayOverlap, soleGroupOf, usersGroupOf } from "./base-rule.ts";
import type { CommonFacts, EnrolmentFacts, Problem, RouteFacts, RouteRule } from "./enrolment-facts.ts";
import { someNames } from "./some-names.ts";

/** Tags of controllers in a cluster: they write every rule of a listener back as soon as somebody else changes one. */
const controllerTags = [/^elbv2\.k8s\.aws\/cluster$/, /^ingress\.k8s\.aws\//, /^eks:/];

const tagsAmong = (tags: Readonly<Record<string, string>>, patterns: readonly RegExp[]): readonly string[] =>
	Object.keys(tags).filter((key) => patterns.some((pattern) => pattern.test(key)));

const listOf = (texts: readonly string[]): string => (texts.length === 0 ? "none" : someNames(texts));

export const workloadProblems = ({ definition: { workload }, cluster }: CommonFacts): readonly Problem[] => {
	const name = `Deployment "${workload.namespace}/${workload.deployment}"`;
	const { users, foundInstead } = cluster;
	if (users === null)
		return [
			{
				what: name,
				value: foundInstead === null ? "missing" : `a ${foundInstead}`,
				allowed: "a Deployment: neither StatefulSets nor DaemonSets can run in two slots",
			},
		];
	return users.problems;
};

export const inClusterServiceProblems = ({ definition, cluster }: CommonFacts): readonly Problem[] => {
	const { inClusterService } = definition.workload;
	return inClusterService === null || cluster.inClusterService !== null
		? []
		: [
				{
					what: `inClusterService "${inClusterService}"`,
					value: "missing, or without a selector",
					allowed: "a Service with a selector, or none",
				},
			];
};

const inClusterProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const { definition, cluster, route } = facts;
	const usersGroup = usersGroupOf(route, definition.route);
	// A Service that brings pods to the user's own target group gets no requests through it any more.
	const others = cluster.otherServices.filter(
		({ feedsTargetGroups }) => usersGroup === null || !feedsTargetGroups.includes(usersGroup),
	);
	return [
		...inClusterServiceProblems(facts),
		...others.map(({ name }) => ({
			what: `Service "${name}"`,
			value: "selects pods of both slots",
			allowed:
				"one Service, named as inClusterService: callers of any other would reach the canary whatever the weights say",
		})),
	];
};

const rulesProblems = (rule: RouteRule, what: string): readonly Problem[] => [
	...(rule.actions.length === 1 && rule.actions[0] === "forward"
		? []
		: [
				{
					what: `actions of ${what}`,
					value: listOf(rule.actions),
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
	listOf(
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
	];
};

const routeProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const { route, definition } = facts;
	const { base, trial, rules, rulesAllowed } = route;
	const { environment } = definition;
	const { trialPriority } = definition.route;
	const owners = tagsAmong(route.listenerTags, controllerTags);
	const isForeign = trial !== null && !isOurs(trial, environment);
	const toCome = (base === null ? 1 : 0) + (trial === null ? 1 : 0);
	return [
		...(owners.length > 0
			? [
					{
						what: "listener",
						value: `itself or its load balancer tagged ${listOf(owners)}`,
						allowed: "one that no controller in a cluster writes; a stack of yours may have made it",
					},
				]
			: []),
		...(isForeign
			? [{ what: `priority ${trialPriority}`, value: "taken by another rule", allowed: "free: it is the trial rule's" }]
			: []),
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
	];
};

/** Pods that have to be started beside those that run. What the slot was told to run counts as used already. */
const podsToCome = ({ cluster: { users }, slots: { blue } }: CommonFacts): number =>
	Math.max(users?.wantedReplicas ?? 0, users?.readyReplicas ?? 0) - Math.max(blue.wantedReplicas, blue.readyReplicas);

export const roomProblems = (facts: CommonFacts, hasMoved: boolean): readonly Problem[] => {
	const more = podsToCome(facts);
	// Once traffic has moved, the slot follows the load and nothing is started beside it any more.
	if (hasMoved || more <= 0) return [];
	return facts.cluster.quotas
		.filter(({ left, perPod }) => perPod * more > left)
		.map(({ quota, resource, left, perPod }) => ({
			what: `ResourceQuota "${quota}", ${resource}`,
			value: `${left} left`,
			allowed: `${perPod * more} at least: ${more} more pods run while traffic moves`,
		}));
};

export const configMapProblems = ({ cluster }: CommonFacts): readonly Problem[] =>
	cluster.missingConfigMaps.map((name) => ({
		what: `ConfigMap "${name}"`,
		value: "missing",
		allowed: "one that exists: pods of a slot could not start",
	}));

const referenceProblems = ({ cluster }: EnrolmentFacts): readonly Problem[] => [
	...(cluster.bindingApiVersion === null
		? [
				{
					what: "TargetGroupBinding",
					value: "unknown to the cluster",
					allowed: "the AWS Load Balancer Controller or EKS Auto Mode, which register pods as targets",
				},
			]
		: []),
];

/** Whether both slots have the objects through which their pods become targets. */
const areSlotsBound = ({ cluster: { slots } }: EnrolmentFacts): boolean =>
	Object.values(slots).every(({ hasService, hasBinding }) => hasService && hasBinding);

export const runningProblems = (
	{ definition, cluster: { users }, slots: { blue }, record }: CommonFacts,
	hasMoved: boolean,
): readonly Problem[] => {
	const what = `Deployment "${definition.workload.namespace}/${definition.workload.deployment}"`;
	// Once traffic has left it, it may rest, and what it runs no longer matters.
	if (users === null || record !== null || hasMoved) return [];
	// The slot runs what served: whether the user's pods still do is asked no more, unless they roll out themselves.
	if (blue.wantedReplicas > 0 && blue.imageDigest !== null && users.imageDigests.length < 2) return [];
	if (users.replicas === 0) return [{ what, value: "at zero replicas", allowed: "one that runs: nothing else serves" }];
	return users.imageDigests.length === 1
		? []
		: [
				{
					what: `image of ${what}`,
					value: users.imageDigests.length === 0 ? "unknown: no pod is ready" : listOf(users.imageDigests),
					allowed: "one digest in all ready pods: wait until your own rollout is over",
				},
			];
};

/** Whether the base rule is ours and sends the user's own target group nothing any more. */
export const isMoved = (route: RouteFacts, definition: EnrolmentFacts["definition"]): boolean => {
	const users = usersGroupOf(route, definition.route);
	return isOurs(route.base, definition.environment) && (users === null || (route.base?.weights[users] ?? 0) === 0);
};

/** A service on its way out must have left before it can come again. */
export const leavingProblems = ({ record, tombstone }: CommonFacts): readonly Problem[] =>
	tombstone?.leaving === undefined || record !== null
		? []
		: [
				{
					what: "service",
					value: "being given back",
					allowed: "one whose release-service has come to its end: run it again first",
				},
			];

/** A Deployment that no autoscaler minds gets the default one, which would stop pods above its upper bound. */
export const boundsProblems = ({ definition, cluster, record }: CommonFacts): readonly Problem[] =>
	record === null && cluster.autoscaler === null && (cluster.users?.wantedReplicas ?? 0) > cluster.maxReplicas
		? [
				{
					what: `replicas of Deployment "${definition.workload.namespace}/${definition.workload.deployment}"`,
					value: `${cluster.users?.wantedReplicas}, without an autoscaler`,
					allowed: `${cluster.maxReplicas} at most, or an autoscaler of your own: the default one would stop the others`,
				},
			]
		: [];

/** Whether a command that is refused now has changed something before. */
export const hasBegun = ({ cluster: { slots }, tombstone }: CommonFacts, wish: "enrol" | "release"): boolean =>
	wish === "release"
		? tombstone?.leaving !== undefined
		: Object.values(slots).some((objects) => Object.values(objects).includes(true));

/** Everything that forbids enrolment, all at once; empty where it may begin or go on. */
export const enrolmentProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const leaving = leavingProblems(facts);
	if (leaving.length > 0) return leaving;
	// What is enrolled goes on; only a binding that is gone cannot be made again where nobody offers the kind.
	if (facts.record !== null) return areSlotsBound(facts) ? [] : referenceProblems(facts);
	const hasMoved = isMoved(facts.route, facts.definition);
	return [
		...workloadProblems(facts),
		...runningProblems(facts, hasMoved),
		...inClusterProblems(facts),
		...routeProblems(facts),
		...configMapProblems(facts),
		...referenceProblems(facts),
		...roomProblems(facts, hasMoved),
		...boundsProblems(facts),
	];
};
