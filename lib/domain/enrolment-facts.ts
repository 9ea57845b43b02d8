import type { Release } from "./release.ts";
import type { GatewayRoute, LoadBalancerRoute, ServiceDefinition } from "./service-definition.ts";
import type { ServiceState } from "./service-state.ts";
import type { SlotName, SlotWeights } from "./slot.ts";

/** Something that must be otherwise before a service can be enrolled: what, how it is, what would be allowed. */
export interface Problem {
	readonly what: string;
	readonly value: string;
	readonly allowed: string;
}

/** The user's own Deployment as far as enrolment looks at it. */
export interface UsersDeployment {
	/** Whoever writes later names it, and is refused if anybody wrote in between. */
	readonly resourceVersion: string;
	/** Epoch of the enrolment that may stop its pods, as it is marked; null where none may. */
	readonly stopEpoch: number | null;
	readonly replicas: number;
	/** What the Deployment or its autoscaler wants, the larger. */
	readonly wantedReplicas: number;
	readonly readyReplicas: number;
	readonly isSettled: boolean;
	/** Reference that the template names for the container that is rolled out. */
	readonly image: string;
	/** Digests that ready pods of the user's run in that container. More than one during a rolling update. */
	readonly imageDigests: readonly string[];
	/** Addresses of its pods, ready or not, none of a slot's: what the user's target group holds may be pods of either. */
	readonly podAddresses: readonly string[];
	/** Why it cannot run in two slots; empty where it can. */
	readonly problems: readonly Problem[];
	/** Ports that its containers declare; pods may listen on others as well. */
	readonly containerPorts: readonly number[];
	readonly terminationGraceSeconds: number;
	/** Whether the container waits before it stops, so that the load balancer can take it out first. */
	readonly hasPreStop: boolean;
}

/** Room that a ResourceQuota of the namespace leaves, beside what one more pod of the service takes. */
export interface QuotaRoom {
	readonly quota: string;
	readonly resource: string;
	readonly left: number;
	readonly perPod: number;
}

/** What there is of a slot's objects in the cluster. */
export interface SlotObjects {
	readonly hasService: boolean;
	readonly hasBinding: boolean;
	readonly hasDeployment: boolean;
	readonly hasAutoscaler: boolean;
}

/** A Service of the user's as callers in the cluster know it; its selector is told without the slot that it may name. */
export interface InClusterService {
	/** The slot that it selects; null for none. */
	readonly slot: SlotName | null;
	/** Whether it selects pods of the user's Deployment, and so those of slots. */
	readonly selectsUsers: boolean;
	/** Workloads besides the user's and its slots whose pods it selects: they would lose its callers. */
	readonly alsoSelects: readonly string[];
	/** Target groups that a binding brings its pods to. */
	readonly feedsTargetGroups: readonly string[];
}

/** An object of somebody else's that has the name of a slot's. */
export interface TakenName {
	readonly kind: "Deployment" | "HorizontalPodAutoscaler" | "Service" | "TargetGroupBinding";
	readonly name: string;
}

/** What the cluster says of a service that is, or is to be, in Sluice's care. */
export interface ClusterFacts {
	/** Null where there is no Deployment of that name. */
	readonly users: UsersDeployment | null;
	/** What has the Deployment's name instead. */
	readonly foundInstead: "StatefulSet" | "DaemonSet" | null;
	/** Lower bound of the user's own autoscaler, or the default's where there is none. */
	readonly minReplicas: number;
	/** Upper bound of the same. */
	readonly maxReplicas: number;
	/** Name of the user's own autoscaler; null where there is none and the default's bounds count. */
	readonly autoscaler: string | null;
	/** The in-cluster Service; null where the definition names none, or it is missing or selects nothing. */
	readonly inClusterService: InClusterService | null;
	/** Epoch that the in-cluster Service carries; null where it carries none. */
	readonly inClusterEpoch: number | null;
	/** Other Services whose selector matches slot pods. */
	readonly otherServices: readonly { readonly name: string; readonly feedsTargetGroups: readonly string[] }[];
	readonly quotas: readonly QuotaRoom[];
	/** ConfigMaps that the template refers to and that are not there. */
	readonly missingConfigMaps: readonly string[];
	/** apiVersion of the kind that binds pods to target groups; null where no controller offers one. */
	readonly bindingApiVersion: string | null;
	readonly slots: Readonly<Record<SlotName, SlotObjects>>;
	/** What stands where objects of slots would be made. */
	readonly takenNames: readonly TakenName[];
	/** Addresses of slots' pods, ready or not. */
	readonly slotPodAddresses: readonly string[];
}

/** One slot as it runs. */
export interface SlotFacts {
	readonly wantedReplicas: number;
	readonly readyReplicas: number;
	readonly minReplicas: number;
	readonly imageDigest: string | null;
	/** Hash of the content it was made of; null where that is not known. */
	readonly contentHash: string | null;
	readonly epoch: number;
	readonly isSettled: boolean;
	readonly isScalingAmbiguous: boolean;
	readonly healthyTargets: number;
}

/** What a request must look like to match a rule. */
export interface MatchedBy {
	readonly field: string;
	readonly values: readonly string[];
	/** How many values it has where they are no patterns that could be compared, and so are not listed. */
	readonly unlisted?: number;
}

/** A listener rule as it is configured. */
export interface RouteRule {
	readonly ruleArn: string;
	readonly priority: number;
	readonly conditions: readonly MatchedBy[];
	/** Its conditions in full: equal where two rules match the same requests by the same words. */
	readonly conditionsText: string;
	/** How it rewrites them, in full. */
	readonly transformsText: string;
	/** Types of its actions, in order. */
	readonly actions: readonly string[];
	/** Weights by target group ARN; empty for a rule that forwards nowhere. */
	readonly weights: Readonly<Record<string, number>>;
	readonly isSticky: boolean;
	/** Only of the base rule and those above it that are a rollout's; empty for others. */
	readonly tags: Readonly<Record<string, string>>;
}

/** Where a target group sends requests. */
export interface RegisteredTarget {
	readonly address: string;
	readonly port: number;
	/** As DescribeTargetHealth says it. */
	readonly state: string;
}

export interface TargetGroupFacts {
	readonly targetType: string;
	readonly isSticky: boolean;
	readonly deregistrationDelaySeconds: number;
	readonly healthyTargets: number;
	readonly targets: readonly RegisteredTarget[];
	/** Load balancers that send it requests by any rule or default action. */
	readonly loadBalancerArns: readonly string[];
}

/** A rule, or the default action of a listener, that really sends something to a target group. */
export interface RouteToGroup {
	readonly listenerArn: string;
	readonly ruleArn: string;
	/** Null for the default action. */
	readonly priority: number | null;
}

/** What the load balancer says of a service. */
export interface RouteFacts {
	/** Tags of the listener and its load balancer. */
	readonly listenerTags: Readonly<Record<string, string>>;
	readonly base: RouteRule | null;
	readonly trial: RouteRule | null;
	/** What stands where the rule for testers would; null also where the service has none. */
	readonly preview: RouteRule | null;
	/** The rule that served before Sluice and may serve after it, by the priority that was named or is on record. */
	readonly users: RouteRule | null;
	/** Every rule of the listener but the default one, by priority. */
	readonly rules: readonly RouteRule[];
	/** Rules that a load balancer may have; null where it could not be learnt. */
	readonly rulesAllowed: number | null;
	/**
	 * Everything that sends requests to the user's own target group, the base rule and the rule that it was copied from
	 * among it: in all listeners of the listener's load balancer and of those that the group is attached to. Asked only while the
	 * user's own pods are still to be stopped; empty otherwise.
	 */
	readonly routesToUsersGroup: readonly RouteToGroup[];
	/** By ARN, for the slots' groups and the user's; null for one that does not exist. */
	readonly groups: Readonly<Record<string, TargetGroupFacts | null>>;
}

/** What was served by which slot when a service was withdrawn; nothing of an enrolment that never came to its end. */
export interface Leaving {
	readonly slot?: SlotName;
	readonly release?: Release;
}

/** What stays on record of a service that was given back: its epochs must not begin anew. */
export interface Tombstone {
	readonly epoch: number;
	/** Being given back, and what was served by which slot if it was on record; absent once it is all given back. */
	readonly leaving?: Leaving;
}

/** A service behind a load balancer: the kind whose base rule Sluice takes over and gives back. */
export type EnrollableDefinition = ServiceDefinition & { readonly route: LoadBalancerRoute };

/** What is found of a service whichever kind of router it has. */
export interface CommonFacts {
	readonly definition: ServiceDefinition;
	readonly record: ServiceState | null;
	readonly tombstone: Tombstone | null;
	readonly cluster: ClusterFacts;
	readonly slots: Readonly<Record<SlotName, SlotFacts>>;
}

/** Everything that a step of enrolment, or of giving back, is decided by. */
export interface EnrolmentFacts extends CommonFacts {
	readonly definition: EnrollableDefinition;
	readonly route: RouteFacts;
	/** The priority that was named; null where none was. */
	readonly fromPriority: number | null;
}

/** The same of a service whose HTTPRoute the user hands over, and takes back, in its own manifest. */
export interface GatewayFacts extends CommonFacts {
	readonly definition: ServiceDefinition & { readonly route: GatewayRoute };
	/** What the route gives the slots; null while its rule forwards to anything else as well. */
	readonly base: SlotWeights | null;
	/** Whether the route was found and sends nothing to a slot, by any of its rules. */
	readonly reachesNoSlot: boolean;
	readonly isTrialOpen: boolean;
}
