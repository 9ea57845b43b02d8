import type { GatewayRoute, ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { slotNames } from "../../lib/domain/slot.ts";
import { loadBalancerRouteOf } from "../../lib/domain/traffic-route.ts";
import { objectKey } from "./cluster.ts";
import { addUsers, type Enrolment, followRules, publish } from "./enrolment.ts";
import { endpointsKey, routeKey } from "./gateway-routing.ts";
import type { RuleCondition } from "./load-balancer.ts";
import type { ArmName } from "./service-traffic.ts";
import type { Wiring } from "./wiring.ts";
import type { World } from "./world.ts";

/** A service as its users know it before anybody has heard of Sluice. */
export interface Hosting extends Enrolment {
	/** Where the user's own rule stands: below the base priority, or it cannot be enrolled. */
	readonly rulePriority: number;
}

/** ARN of the user's own target group of a service. */
export const usersGroupArnOf = (definition: ServiceDefinition): string =>
	`${loadBalancerRouteOf(definition).targetGroupArns.blue.split(":targetgroup/")[0]}:targetgroup/${definition.service}-own/0a0a0a0a0a0a0a0a`;

const addRule = (world: World, definition: ServiceDefinition, { rulePriority }: Hosting): void => {
	const route = loadBalancerRouteOf(definition);
	const { blue, green } = route.targetGroupArns;
	const usersGroupArn = usersGroupArnOf(definition);
	const conditions: readonly RuleCondition[] = [{ field: "host-header", values: [`${definition.service}.example`] }];
	world.loadBalancer.createRule(route.listenerArn, {
		priority: rulePriority,
		conditions,
		weights: { [usersGroupArn]: 1 },
		tags: {},
	});
	followRules(world, route, conditions, world.traffic.of(definition.service), [blue, green, usersGroupArn]);
};

/** Names the endpoints of the user's own Service of a service that an HTTPRoute routes. */
const ownEndpointsKey = ({ clusterName, namespace }: GatewayRoute, service: string): string =>
	`${clusterName}/${namespace}/endpoints/${service}-own`;

/** The user's HTTPRoute with everything in the user's own Service, and requests that follow the route. */
const addHttpRoute = (world: World, { service }: ServiceDefinition, route: GatewayRoute): void => {
	const { blue, green } = route.slotServices;
	const traffic = world.traffic.of(service);
	world.httpRoutes.create(routeKey(route), { [`${service}-own`]: 1 });
	world.httpRoutes.watch(routeKey(route), (weights) => {
		const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
		const shareOf = (name: string): number => (total === 0 ? 0 : (weights[name] ?? 0) / total);
		traffic.setShares(shareOf(blue), shareOf(green), shareOf(`${service}-own`));
	});
};

/** Where pods are known to who sends them requests: the user's own, and those of each slot. */
export const groupsOf = (definition: ServiceDefinition): Readonly<Record<ArmName, string>> => {
	const { route, service } = definition;
	return route.kind === "gateway-api"
		? { users: ownEndpointsKey(route, service), blue: endpointsKey(route, "blue"), green: endpointsKey(route, "green") }
		: { users: usersGroupArnOf(definition), ...route.targetGroupArns };
};

/** Puts a service into the world as it was before Sluice: its stack is deployed, and nothing of its traffic is Sluice's. */
export const hostService = (world: World, wiring: Wiring, definition: ServiceDefinition, hosting: Hosting): void => {
	const { workload, repositoryName } = definition;
	const { imageDigest, replicas, tag = "v1" } = hosting;
	if (hosting.version !== undefined) world.versions.define(imageDigest, hosting.version);
	const traffic = addUsers(world, definition, hosting, true);
	const { route } = definition;
	const groups = groupsOf(definition);
	const kind = route.kind === "gateway-api" ? "endpoints" : "checked";
	const users = objectKey(workload, workload.deployment);
	const places = [
		{ key: users, place: { traffic, slot: "users", targetGroupArn: groups.users } as const },
		...slotNames.map((slot) => ({
			key: objectKey(workload, `${workload.deployment}-${slot}`),
			place: { traffic, slot, targetGroupArn: groups[slot] } as const,
		})),
	];
	for (const { key, place } of places) {
		wiring.byDeployment.set(key, place);
		wiring.byTargetGroup.set(place.targetGroupArn, place);
		if (place.slot !== "users") {
			wiring.unbound.add(key);
			wiring.usersKeyOf.set(key, users);
		}
		world.targetGroups.create(place.targetGroupArn, definition.drainSeconds, kind);
	}
	if (route.kind === "gateway-api") addHttpRoute(world, definition, route);
	else addRule(world, definition, hosting);
	wiring.isSeeding = true;
	world.cluster.createDeployment(users, imageDigest, null, 0).seed(replicas);
	const maxReplicas = hosting.maxReplicas ?? Math.max(10, 4 * replicas);
	world.cluster.createAutoscaler(users, { minReplicas: replicas, maxReplicas, epoch: null });
	wiring.isSeeding = false;
	if (workload.inClusterService !== null) {
		const key = objectKey(workload, workload.inClusterService);
		wiring.byService.set(key, traffic);
		world.cluster.putService(key, null, null);
	}
	publish(world, definition);
	world.registry.createRepository(repositoryName);
	world.registry.store(repositoryName, tag, imageDigest, world.timers.nowEpochMs() - 86_400_000);
};
