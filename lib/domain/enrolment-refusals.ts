import { isOurs, usersGroupOf } from "./base-rule.ts";
import { enrolledProblems } from "./enrolled-problems.ts";
import type { CommonFacts, EnrolmentFacts, Problem, RouteFacts, UsersDeployment } from "./enrolment-facts.ts";
import { routeProblems } from "./route-refusals.ts";
import type { ServiceDefinition, WorkloadTarget } from "./service-definition.ts";
import { namesOrNone } from "./some-names.ts";
import { otherRouteProblems } from "./users-group-refusals.ts";

export const workloadProblems = ({ definition, cluster }: CommonFacts): readonly Problem[] => {
	const { workload } = definition;
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
	return [...users.problems, ...repositoryProblems(users, workload), ...takenNameProblems(definition, cluster)];
};

/** The part of a reference before tag and digest; a colon before the last slash belongs to a port. */
const repositoryIn = (image: string): string => image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");

/** Registry, region and name, whichever of its endpoints (FIPS, dual stack) a reference to Amazon ECR names. */
const canonical = (repository: string): string =>
	repository.replace(/^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+\//, "$1.ecr.$2/");

/** Slots run a digest of the configured repository. One of another repository is not found there. */
const repositoryProblems = (
	{ image }: UsersDeployment,
	{ container, repositoryUri }: WorkloadTarget,
): readonly Problem[] =>
	image === "" || canonical(repositoryIn(image)) === canonical(repositoryUri)
		? []
		: [
				{
					what: `image of container "${container}"`,
					value: image,
					allowed: `one of ${repositoryUri}: slots run what has the same digest there. Roll it out from there first, or configure the repository that it comes from`,
				},
			];

/** What is somebody else's and stands where an object of a slot is to be made: it would be found half on the way. */
const takenNameProblems = (
	{ workload, route }: ServiceDefinition,
	{ takenNames }: Pick<CommonFacts["cluster"], "takenNames">,
): readonly Problem[] =>
	takenNames
		.filter(({ kind }) => route.kind !== "gateway-api" || kind !== "TargetGroupBinding")
		.map(({ kind, name }) => ({
			what: `${kind} "${workload.namespace}/${name}"`,
			value: "not Sluice's",
			allowed: "none of that name: Sluice makes its own",
		}));

export const inClusterServiceProblems = ({ definition, cluster }: CommonFacts): readonly Problem[] => {
	const { inClusterService, deployment } = definition.workload;
	if (inClusterService === null) return [];
	const what = `inClusterService "${inClusterService}"`;
	if (cluster.inClusterService === null)
		return [{ what, value: "missing, or without a selector", allowed: "a Service with a selector, or none" }];
	const { selectsUsers, alsoSelects } = cluster.inClusterService;
	if (cluster.users === null) return [];
	if (!selectsUsers)
		return [
			{
				what,
				value: `does not select pods of Deployment "${deployment}"`,
				allowed: "the Service by which callers in the cluster reach that Deployment, or none",
			},
		];
	return alsoSelects.length === 0
		? []
		: [
				{
					what,
					value: `selects pods of ${namesOrNone(alsoSelects)} as well`,
					allowed: `a Service whose selector matches pods of Deployment "${deployment}" only: with sluice.dev/slot in it the others would lose their callers`,
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
					value: users.imageDigests.length === 0 ? "unknown: no pod is ready" : namesOrNone(users.imageDigests),
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

/**
 * What is enrolled goes on. Only what is gone cannot be made again where nobody offers the kind or somebody took the
 * name, and pods that came back are not stopped while something sends them requests.
 */
const problemsOnRecord = (facts: EnrolmentFacts): readonly Problem[] => {
	const { definition, cluster } = facts;
	return [
		...(areSlotsBound(facts) ? [] : [...referenceProblems(facts), ...takenNameProblems(definition, cluster)]),
		...((cluster.users?.replicas ?? 0) > 0 ? otherRouteProblems(facts) : []),
	];
};

/** Everything that forbids enrolment, all at once; empty where it may begin or go on. */
export const enrolmentProblems = (facts: EnrolmentFacts): readonly Problem[] => {
	const leaving = leavingProblems(facts);
	if (leaving.length > 0) return leaving;
	if (facts.record !== null) return [...problemsOnRecord(facts), ...enrolledProblems(facts)];
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
