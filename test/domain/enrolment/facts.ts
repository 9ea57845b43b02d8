import { usersGroupTag } from "../../../lib/domain/base-rule.ts";
import type {
	ClusterFacts,
	EnrolmentFacts,
	InClusterService,
	RouteFacts,
	RouteRule,
	SlotFacts,
	SlotObjects,
	TargetGroupFacts,
	UsersDeployment,
} from "../../../lib/domain/enrolment-facts.ts";
import { loadBalancerRouteOf } from "../../../lib/domain/traffic-route.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";

/** Addresses of the user's four pods. */
const podAddresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];

/** A target group that has the user's pods as targets, so many of them healthy. */
export const targetGroup = (healthyTargets = 4, deregistrationDelaySeconds = 300): TargetGroupFacts => ({
	targetType: "ip",
	isSticky: false,
	deregistrationDelaySeconds,
	healthyTargets,
	targets: podAddresses.map((address, index) => ({
		address,
		port: 8080,
		state: index < healthyTargets ? "healthy" : "unhealthy",
	})),
	loadBalancerArns: ["arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/1"],
});

const digest = `sha256:${"a".repeat(64)}`;
const whole = contractDefinition();
const workload = { ...whole.workload, inClusterService: "checkout" };

export const definition = { ...whole, workload, route: loadBalancerRouteOf(whole) };
export const { blue, green } = definition.route.targetGroupArns;
export const own = blue.replace("checkout-blue", "checkout-own");

export const rule = (priority: number, weights: Readonly<Record<string, number>>, more: Partial<RouteRule> = {}) => ({
	ruleArn: `rule-${priority}`,
	priority,
	conditions: [{ field: "host-header", values: ["checkout.example"] }],
	conditionsText: "checkout.example",
	transformsText: "[]",
	actions: ["forward"],
	weights,
	isSticky: false,
	tags: {},
	...more,
});

/** A base rule of this environment's, at some point of the way. */
export const baseRule = (weights: Readonly<Record<string, number>>): RouteRule =>
	rule(definition.route.basePriority, weights, {
		tags: {
			"sluice:environment": definition.environment,
			[usersGroupTag]: own,
			"sluice:from-priority": "500",
		},
	});

export const usersDeployment = (more: Partial<UsersDeployment> = {}): UsersDeployment => ({
	resourceVersion: "7",
	stopEpoch: null,
	replicas: 4,
	wantedReplicas: 4,
	readyReplicas: 4,
	isSettled: true,
	image: `${definition.workload.repositoryUri}:v41`,
	imageDigests: [digest],
	podAddresses,
	problems: [],
	containerPorts: [8080],
	terminationGraceSeconds: 30,
	hasPreStop: true,
	...more,
});

export const made: SlotObjects = { hasService: true, hasBinding: true, hasDeployment: true, hasAutoscaler: true };
const notMade: SlotObjects = {
	hasService: false,
	hasBinding: false,
	hasDeployment: false,
	hasAutoscaler: false,
};

export const atRest: SlotFacts = {
	wantedReplicas: 0,
	readyReplicas: 0,
	minReplicas: 0,
	imageDigest: null,
	epoch: 0,
	isSettled: false,
	isScalingAmbiguous: false,
	healthyTargets: 0,
	contentHash: null,
};

export const serving: SlotFacts = {
	wantedReplicas: 4,
	readyReplicas: 4,
	minReplicas: 4,
	imageDigest: digest,
	epoch: 1,
	isSettled: true,
	isScalingAmbiguous: false,
	healthyTargets: 4,
	contentHash: null,
};

const group = targetGroup();

/** What a test says of an object, and the rest as it usually is. */
type Said<T> = { readonly [arn: string]: Partial<T> | null };

export interface ClusterChanges extends Partial<Omit<ClusterFacts, "inClusterService">> {
	readonly inClusterService?: Partial<InClusterService> | null;
}

interface RouteChanges extends Partial<Omit<RouteFacts, "groups">> {
	readonly groups?: Said<TargetGroupFacts>;
}

const inClusterServiceOf = (said: ClusterChanges["inClusterService"] = {}): InClusterService | null =>
	said === null ? null : { slot: null, selectsUsers: true, alsoSelects: [], feedsTargetGroups: [], ...said };

const groupsOf = (said: Said<TargetGroupFacts>): RouteFacts["groups"] =>
	Object.fromEntries(Object.entries(said).map(([arn, facts]) => [arn, facts && { ...group, ...facts }]));

/** Every rule that sends the user's own group something, as the load balancer would say it. */
const routesIn = (rules: readonly RouteRule[]): RouteFacts["routesToUsersGroup"] =>
	rules
		.filter(({ weights }) => (weights[own] ?? 0) > 0)
		.map(({ ruleArn, priority }) => ({ listenerArn: definition.route.listenerArn, ruleArn, priority }));

interface Changes extends Partial<Omit<EnrolmentFacts, "cluster" | "route" | "slots">> {
	readonly cluster?: ClusterChanges;
	readonly route?: RouteChanges;
	readonly slots?: Partial<EnrolmentFacts["slots"]>;
}

/** A service as it is before Sluice: four pods, a rule of the user's at 500, nothing of ours. */
export const facts = ({ cluster, route, slots, ...more }: Changes = {}): EnrolmentFacts => {
	const users = rule(500, { [own]: 1 });
	const base = route?.base ?? null;
	const rules = route?.rules ?? [...(base === null ? [] : [base]), route?.users ?? users];
	const { inClusterService, ...inCluster } = cluster ?? {};
	const { groups = { [blue]: {}, [green]: {}, [own]: {} }, ...atBalancer } = route ?? {};
	return {
		definition,
		record: null,
		tombstone: null,
		cluster: {
			users: usersDeployment(),
			foundInstead: null,
			minReplicas: 2,
			maxReplicas: 20,
			autoscaler: "checkout",
			inClusterService: inClusterServiceOf(inClusterService),
			inClusterEpoch: null,
			otherServices: [],
			quotas: [],
			missingConfigMaps: [],
			bindingApiVersion: "elbv2.k8s.aws/v1beta1",
			// A base rule is made after the slots were bound.
			slots: base === null ? { blue: notMade, green: notMade } : { blue: made, green: made },
			takenNames: [],
			slotPodAddresses: [],
			...inCluster,
		},
		slots: { blue: atRest, green: atRest, ...slots },
		route: {
			listenerTags: {},
			base,
			trial: null,
			preview: null,
			users,
			rules,
			rulesAllowed: 100,
			routesToUsersGroup: routesIn(rules),
			groups: groupsOf(groups),
			...atBalancer,
		},
		fromPriority: 500,
		...more,
	};
};
