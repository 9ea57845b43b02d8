import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { EventContent } from "../events/bus-event.ts";
import { drawLatencyMs } from "../fakes/latency-draw.ts";
import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import { type Arns, arnsOf } from "./arns.ts";
import { Cluster } from "./cluster.ts";
import { type Enrolment, enrolService } from "./enrolment.ts";
import { type Hosting, hostService } from "./hosting.ts";
import { HttpRoutes } from "./http-routes.ts";
import { LoadBalancer } from "./load-balancer.ts";
import { type MetricSink, noMetrics } from "./metric-sink.ts";
import { ObjectBucket } from "./object-bucket.ts";
import { groupsOfPods, tellReady } from "./pod-targets.ts";
import { Registry } from "./registry.ts";
import { StoreTable } from "./store-table.ts";
import { TargetGroups } from "./target-groups.ts";
import { Traffic } from "./traffic.ts";
import { UserSurroundings } from "./user-surroundings.ts";
import { makeVersions, type Versions } from "./versions.ts";
import { emptyWiring, type Wiring } from "./wiring.ts";

/** What the world tells those around it. */
export interface WorldHooks {
	/** An event of a product, or of a function, for a bus; the bus adds the rest of the envelope. */
	emit(busName: string, event: EventContent): void;
	/** After each write to a service's state, for checkers. */
	onStateWritten?(state: ServiceState): void;
}

export interface WorldOptions {
	readonly timers: Timers;
	readonly random: Random;
	readonly hooks: WorldHooks;
	readonly region: string;
	readonly account: string;
	/** Nowhere unless said otherwise. */
	readonly metrics?: MetricSink;
	/** "sluice" unless said otherwise. */
	readonly tableName?: string;
	/** "sluice-catalog" unless said otherwise. */
	readonly bucketName?: string;
}

/** Everything outside of Sluice in one region of one account, users included. */
export interface World {
	readonly timers: Timers;
	readonly region: string;
	readonly account: string;
	readonly arns: Arns;
	readonly versions: Versions;
	readonly registry: Registry;
	readonly loadBalancer: LoadBalancer;
	readonly targetGroups: TargetGroups;
	readonly httpRoutes: HttpRoutes;
	readonly cluster: Cluster;
	readonly traffic: Traffic;
	/** What users have in the cluster and at the load balancer besides, and what binds slots to target groups. */
	readonly surroundings: UserSurroundings;
	readonly table: StoreTable;
	readonly bucket: ObjectBucket;
	emit(busName: string, event: EventContent): void;
	/** Makes what enrolment makes: a service that has long run in the blue slot, with users, and is idle. */
	enrol(definition: ServiceDefinition, enrolment: Enrolment): void;
	/** Makes a service as it was before Sluice: the user's own Deployment, target group and rule, with users. */
	host(definition: ServiceDefinition, hosting: Hosting): void;
	/** Ends the timers that would run for ever. */
	stop(): void;
}

/** Pods become targets and answer users: what the cluster tells, told on. */
const makeCluster = (
	{ timers, random }: WorldOptions,
	versions: Versions,
	targetGroups: TargetGroups,
	wiring: Wiring,
	surroundings: () => UserSurroundings,
): Cluster => {
	const groupsOf = (key: string): readonly string[] => groupsOfPods(wiring, surroundings(), key);
	const cluster = new Cluster({
		timers,
		random: random.stream("cluster"),
		behaviourOf: (imageDigest, configuration) => versions.behaviourOf(imageDigest, configuration),
		neededReplicas: (key) => {
			const place = wiring.byDeployment.get(key);
			return place === undefined ? 0 : place.traffic.neededPods(place.slot);
		},
		onPodReady: (key, podId) => {
			for (const arn of groupsOf(key)) {
				if (wiring.isSeeding) targetGroups.seed(arn, podId, "healthy");
				else targetGroups.register(arn, podId);
			}
		},
		onPodGone: (key, podId) => {
			for (const arn of groupsOf(key)) targetGroups.deregister(arn, podId);
		},
		onPodCrashed: (key, podId) => {
			for (const arn of groupsOf(key)) targetGroups.crash(arn, podId);
		},
		onPodFailing: (key, podId) => {
			for (const arn of groupsOf(key)) targetGroups.failChecks(arn, podId);
		},
		onReadyChange: (key) => tellReady(wiring, surroundings(), key, (name) => cluster.deployment(name)),
		onServiceChange: (key, slot) => wiring.byService.get(key)?.setInClusterSlot(slot),
	});
	return cluster;
};

/** An empty world. Everything in it follows from the random source. */
export const makeWorld = (options: WorldOptions): World => {
	const { timers, random, hooks, region, account } = options;
	const wiring = emptyWiring();
	const versions = makeVersions();
	const emit = (busName: string, event: EventContent): void => hooks.emit(busName, event);
	const traffic = new Traffic(timers, random.stream("traffic"), options.metrics ?? noMetrics);
	const targetGroups = new TargetGroups({
		timers,
		random: random.stream("target-groups"),
		onRotationChange: (targetGroupArn, rotation) => {
			const place = wiring.byTargetGroup.get(targetGroupArn);
			place?.traffic.setRotation(place.slot, rotation);
		},
	});
	const loadBalancer = new LoadBalancer({
		timers,
		random: random.stream("load-balancer"),
		onUseChange: (targetGroupArn, isInUse) => targetGroups.setInUse(targetGroupArn, isInUse),
	});
	const cluster = makeCluster(options, versions, targetGroups, wiring, () => surroundings);
	const surroundings = new UserSurroundings(cluster, targetGroups, wiring);
	const told = random.stream("cloudtrail");
	const table = new StoreTable({
		tableName: options.tableName ?? "sluice",
		timers,
		random: random.stream("table"),
		onWrite: (state) => {
			traffic.find(state.service)?.setStableSlot(state.stableSlot);
			hooks.onStateWritten?.(state);
		},
	});
	const world: World = {
		timers,
		region,
		account,
		arns: arnsOf(region, account),
		versions,
		registry: new Registry({
			region,
			account,
			emit,
			whenTold: (tell) => void timers.after(drawLatencyMs("cloudtrail:Delivery", told), tell),
		}),
		loadBalancer,
		targetGroups,
		httpRoutes: new HttpRoutes({ timers, random: random.stream("http-routes") }),
		cluster,
		traffic,
		surroundings,
		table,
		bucket: new ObjectBucket(options.bucketName ?? "sluice-catalog"),
		emit,
		enrol: (definition, enrolment) => enrolService(world, wiring, definition, enrolment),
		host: (definition, hosting) => hostService(world, wiring, definition, hosting),
		stop: () => {
			traffic.stop();
			cluster.stop();
		},
	};
	return world;
};
