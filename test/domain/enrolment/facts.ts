import { usersGroupTag } from "../../../lib/domain/base-rule.ts";
import type {
	ClusterFacts,
	EnrolmentFacts,
	RouteFacts,
	RouteRule,
	SlotFacts,
	SlotObjects,
	UsersDeployment,
} from "../../../lib/domain/enrolment-facts.ts";
import { loadBalancerRouteOf } from "../../../lib/domain/traffic-route.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";

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
	image: "shop/checkout:v41",
	imageDigests: [digest],
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

const group = { targetType: "ip", isSticky: false, deregistrationDelaySeconds: 300, healthyTargets: 4 };

interface Changes extends Partial<Omit<EnrolmentFacts, "cluster" | "route" | "slots">> {
	readonly cluster?: Partial<ClusterFacts>;
	readonly route?: Partial<RouteFacts>;
	readonly slots?: Partial<EnrolmentFacts["slots"]>;
}

/** A service as it is before Sluice: four pods, a rule of the user's at 500, nothing of ours. */
export const facts = ({ cluster, route, slots, ...more }: Changes = {}): EnrolmentFacts => {
	const users = rule(500, { [own]: 1 });
	const base = route?.base ?? null;
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
			inClusterService: { slot: null },
			inClusterEpoch: null,
			otherServices: [],
			quotas: [],
			missingConfigMaps: [],
			bindingApiVersion: "elbv2.k8s.aws/v1beta1",
			// A base rule is made after the slots were bound.
			slots: base === null ? { blue: notMade, green: notMade } : { blue: made, green: made },
			...cluster,
		},
		slots: { blue: atRest, green: atRest, ...slots },
		route: {
			listenerTags: {},
			base,
			trial: null,
			preview: null,
			users,
			rules: [...(base === null ? [] : [base]), users],
			rulesAllowed: 100,
			groups: { [blue]: group, [green]: group, [own]: group },
			...route,
		},
		fromPriority: 500,
		...more,
	};
};
