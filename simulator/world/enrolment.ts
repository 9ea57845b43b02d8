import { type Release, releaseOf } from "../../lib/domain/release.ts";
import type {
	GatewayRoute,
	LoadBalancerRoute,
	ServiceDefinition,
	TrafficRoute,
} from "../../lib/domain/service-definition.ts";
import { idleState } from "../../lib/domain/service-state.ts";
import { type SlotName, slotNames, weightsFor } from "../../lib/domain/slot.ts";
import { previewOf } from "../../lib/domain/traffic-route.ts";
import { testersConditions } from "./balancer-routing.ts";
import { catalogKeys, catalogObjectsOf } from "./catalog-objects.ts";
import { objectKey } from "./cluster.ts";
import { backendsOf, endpointsKey, routeKey } from "./gateway-routing.ts";
import { keptContentOf, podContentIn } from "./kept-content.ts";
import type { RuleCondition, TargetGroupWeights } from "./load-balancer.ts";
import { type Configuration, type PodContent, plainContent } from "./pod-content.ts";
import { type Rate, rateOf } from "./rate.ts";
import type { ServiceTraffic } from "./service-traffic.ts";
import type { VersionBehaviour } from "./versions.ts";
import type { Wiring } from "./wiring.ts";
import type { World } from "./world.ts";

/** A service as it is when Sluice takes it over. */
export interface Enrolment {
	/** What runs in the blue slot. */
	readonly imageDigest: string;
	/** Its tag; "v1" unless said otherwise. */
	readonly tag?: string;
	/** Lower bound of the user's own autoscaler, and what runs at the start. */
	readonly replicas: number;
	/** Upper bound of the user's own autoscaler; four times the lower one, 10 at least, unless said otherwise. */
	readonly maxReplicas?: number;
	/** Users' requests through the load balancer. */
	readonly requestsPerSecond: number | Rate;
	/** Requests of callers in the cluster; 0 unless said otherwise. */
	readonly inClusterRequestsPerSecond?: number | Rate;
	/** Requests of testers, where the service has a preview; one in ten seconds unless said otherwise. */
	readonly testersRequestsPerSecond?: number;
	/** What one pod can answer; unless said otherwise, so much that all of them together are at 60 % at the start. */
	readonly podRequestsPerSecond?: number;
	/** How the image behaves; healthy where nothing is said. */
	readonly version?: Partial<VersionBehaviour>;
	/** ConfigMaps that the user's Deployment refers to, by name; one that says little unless said otherwise. */
	readonly configuration?: Readonly<Record<string, Configuration>>;
}

const utilisationAtStart = 0.6;

/** Users of a service; `hasUsersArm` where the user's own pods answer them, too. */
export const addUsers = (
	world: World,
	definition: ServiceDefinition,
	enrolment: Enrolment,
	hasUsersArm = false,
): ServiceTraffic => {
	const outside = rateOf(enrolment.requestsPerSecond);
	const inCluster = rateOf(enrolment.inClusterRequestsPerSecond ?? 0);
	const now = world.timers.nowEpochMs();
	const usual = (outside(now) + inCluster(now)) / (enrolment.replicas * utilisationAtStart);
	return world.traffic.add(definition, {
		outside,
		inCluster,
		...(previewOf(definition.route) !== null && { testers: rateOf(enrolment.testersRequestsPerSecond ?? 0.1) }),
		podRequestsPerSecond: enrolment.podRequestsPerSecond ?? Math.max(1, usual),
		stableSlot: "blue",
		hasUsersArm,
		versions: world.versions,
	});
};

/** The base rule, both target groups, and requests that follow the rules. */
const addRules = (
	world: World,
	definition: ServiceDefinition,
	route: LoadBalancerRoute,
	traffic: ServiceTraffic,
): void => {
	const { listenerArn, basePriority, targetGroupArns } = route;
	const conditions: readonly RuleCondition[] = [{ field: "host-header", values: [`${definition.service}.example`] }];
	for (const slot of slotNames) world.targetGroups.create(targetGroupArns[slot], definition.drainSeconds);
	const { blue, green } = weightsFor("blue", 0);
	world.loadBalancer.createRule(listenerArn, {
		priority: basePriority,
		conditions,
		weights: { [targetGroupArns.blue]: blue, [targetGroupArns.green]: green },
		tags: { "sluice:environment": definition.environment },
	});
	followRules(world, route, conditions, traffic, [targetGroupArns.blue, targetGroupArns.green]);
};

/** Requests of users, and of testers where there are any, follow the rules: to slots, and to the user's own group. */
export const followRules = (
	{ loadBalancer }: Pick<World, "loadBalancer">,
	{ listenerArn, preview }: LoadBalancerRoute,
	conditions: readonly RuleCondition[],
	traffic: ServiceTraffic,
	groups: readonly [blue: string, green: string, users?: string],
): void => {
	const sharesOf = (weights: TargetGroupWeights): [number, number, number] => {
		let total = 0;
		for (const weight of Object.values(weights)) total += weight;
		const [blue, green, users = 0] = groups.map((arn = "") => (total === 0 ? 0 : (weights[arn] ?? 0) / total));
		return [blue ?? 0, green ?? 0, users];
	};
	loadBalancer.watch(listenerArn, conditions, (weights) => traffic.setShares(...sharesOf(weights)));
	if (preview === undefined) return;
	const kind = testersConditions(conditions, preview);
	loadBalancer.watch(listenerArn, kind, (weights) => traffic.setTestersShares(...sharesOf(weights)));
};

/** The user's HTTPRoute with everything in blue, both slots' endpoints, and requests that follow the route. */
const addHttpRoute = (
	world: World,
	definition: ServiceDefinition,
	route: GatewayRoute,
	traffic: ServiceTraffic,
): void => {
	const { blue, green } = route.slotServices;
	for (const slot of slotNames)
		world.targetGroups.create(endpointsKey(route, slot), definition.drainSeconds, "endpoints");
	world.httpRoutes.create(routeKey(route), backendsOf(route, weightsFor("blue", 0)));
	world.httpRoutes.watch(routeKey(route), (weights) => {
		const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
		const shareOf = (name: string): number => (total === 0 ? 0 : (weights[name] ?? 0) / total);
		traffic.setShares(shareOf(blue), shareOf(green));
	});
};

/** What the user's Deployment refers to, and all of it as it was captured for the blue slot. */
const addContent = (world: World, { workload }: ServiceDefinition, { configuration }: Enrolment) => {
	const { configMaps } = world.cluster;
	const settings = configuration ?? { [`${workload.deployment}-settings`]: { LOG_LEVEL: "info" } };
	for (const [name, data] of Object.entries(settings)) configMaps.put(objectKey(workload, name), data);
	const references = Object.keys(settings).map((name) => ({ name, isOptional: false }));
	const users: PodContent = { ...plainContent, configMaps: references };
	const kept = keptContentOf(workload, users, (name) => settings[name] ?? null);
	const marks = { deployment: workload.deployment, capturedAtEpochMs: world.timers.nowEpochMs() };
	const copies = [...kept.copies.values()];
	for (const { name, data } of copies) {
		const object = { ...marks, kind: "configuration", copies: [] } as const;
		configMaps.create(objectKey(workload, name), data ?? {}, object);
	}
	const template = { ...marks, kind: "template", copies: copies.map(({ name }) => name) } as const;
	configMaps.create(objectKey(workload, kept.templateName), kept.templateData, template);
	return { users, content: podContentIn(kept.contentHash, kept.templateData) };
};

/** The user's own Deployment at rest with its autoscaler, the blue slot running, the in-cluster Service on it. */
const addWorkloads = (world: World, definition: ServiceDefinition, enrolment: Enrolment): Release => {
	const { workload } = definition;
	const { imageDigest, tag = "v1", replicas } = enrolment;
	const { users, content } = addContent(world, definition, enrolment);
	const maxReplicas = enrolment.maxReplicas ?? Math.max(10, 4 * replicas);
	const template = objectKey(workload, workload.deployment);
	world.cluster.createDeployment(template, imageDigest, null, 0, users);
	world.cluster.createAutoscaler(template, { minReplicas: replicas, maxReplicas, epoch: null });
	const blue = objectKey(workload, `${workload.deployment}-blue`);
	world.cluster.createDeployment(blue, imageDigest, 0, 0, content).seed(replicas);
	world.cluster.createAutoscaler(blue, { minReplicas: replicas, maxReplicas, epoch: 0 });
	if (workload.inClusterService !== null) {
		world.cluster.putService(objectKey(workload, workload.inClusterService), "blue", 0);
	}
	return releaseOf(imageDigest, tag, content.contentHash ?? undefined);
};

/** What register-service puts into the catalog when the service's stack is deployed. */
export const publish = (world: World, definition: ServiceDefinition): void => {
	const objects = catalogObjectsOf(definition);
	world.bucket.put(objects.definitionKey, objects.definitionText);
	for (const [key, body] of objects.lookUps) world.bucket.put(key, body);
	world.bucket.put(catalogKeys.pointer(definition.service), objects.pointerText(objects.lookUps.keys()));
};

/** Where the pods of a slot are known to who sends them requests. */
const groupOf = (route: TrafficRoute, slot: SlotName): string =>
	route.kind === "gateway-api" ? endpointsKey(route, slot) : route.targetGroupArns[slot];

/** Puts a service into the world as enrolment leaves it: blue slot running and healthy, base rule on it, item idle. */
export const enrolService = (
	world: World,
	wiring: Wiring,
	definition: ServiceDefinition,
	enrolment: Enrolment,
): void => {
	const { service, workload, repositoryName } = definition;
	const { imageDigest, tag = "v1" } = enrolment;
	if (enrolment.version !== undefined) world.versions.define(imageDigest, enrolment.version);
	const traffic = addUsers(world, definition, enrolment);
	const { route } = definition;
	for (const slot of slotNames) {
		const place = { traffic, slot, targetGroupArn: groupOf(route, slot) };
		const key = objectKey(workload, `${workload.deployment}-${slot}`);
		wiring.byDeployment.set(key, place);
		world.surroundings.addService(key);
		if (route.kind !== "gateway-api") world.surroundings.bind(key);
		wiring.byTargetGroup.set(place.targetGroupArn, place);
	}
	if (workload.inClusterService !== null) {
		wiring.byService.set(objectKey(workload, workload.inClusterService), traffic);
	}
	if (route.kind === "gateway-api") addHttpRoute(world, definition, route, traffic);
	else addRules(world, definition, route, traffic);
	wiring.isSeeding = true;
	const release = addWorkloads(world, definition, enrolment);
	wiring.isSeeding = false;
	publish(world, definition);
	world.registry.createRepository(repositoryName);
	world.registry.store(repositoryName, tag, imageDigest, world.timers.nowEpochMs() - 86_400_000);
	world.table.put(idleState(service, "blue", release));
};
