import type { ArmName, ServiceTraffic } from "./service-traffic.ts";

/** Where a Deployment, a target group or a Service belongs. */
export interface SlotPlace {
	readonly traffic: ServiceTraffic;
	readonly slot: ArmName;
	readonly targetGroupArn: string;
}

/** Which slot of which service each product's object stands for; enrolment fills it, the products look it up. */
export interface Wiring {
	/** By the key of the slot's Deployment. */
	readonly byDeployment: Map<string, SlotPlace>;
	readonly byTargetGroup: Map<string, SlotPlace>;
	/** By the key of the in-cluster Service. */
	readonly byService: Map<string, ServiceTraffic>;
	/** Key of the user's own Deployment, by the key of each slot's; only where the world knows the user's own pods. */
	readonly usersKeyOf: Map<string, string>;
	/** Keys of Deployments whose pods nobody registers as targets, because no binding says so. */
	readonly unbound: Set<string>;
	/** While true, pods are registered as targets that are healthy already: a service that ran long before. */
	isSeeding: boolean;
}

/** Nothing is wired yet. */
export const emptyWiring = (): Wiring => ({
	byDeployment: new Map(),
	byTargetGroup: new Map(),
	byService: new Map(),
	usersKeyOf: new Map(),
	unbound: new Set(),
	isSeeding: false,
});
