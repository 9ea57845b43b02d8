import type { Release } from "../../lib/domain/release.ts";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import {
	InvalidWorkloadError,
	SlotEpochConflictError,
	type SlotWorkload,
	type Workloads,
	WorkloadsUnavailableError,
} from "../../lib/ports/workloads.ts";
import type { Caller } from "../kernel/caller.ts";
import type { AutoscalerBounds } from "../world/autoscaler.ts";
import { objectKey } from "../world/cluster.ts";
import { podContentIn, templateName } from "../world/kept-content.ts";
import type { PodContent } from "../world/pod-content.ts";
import { isRefusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { type KubernetesCall, kubernetesCalls } from "./kubernetes-calls.ts";
import { maxAttempts, patchFenced, writeFenced } from "./slot-writes.ts";

type ClusterWorld = Pick<World, "cluster" | "arns">;

const slotKey = (target: WorkloadTarget, slot: SlotName): string => objectKey(target, `${target.deployment}-${slot}`);

/** The user's bounds where no autoscaler of the user's exists, as in the real adapter. */
const defaultBounds = { minReplicas: 2, maxReplicas: 100 } as const;

const neverDeployed: SlotWorkload = {
	wantedReplicas: 0,
	readyReplicas: 0,
	minReplicas: 0,
	imageDigest: null,
	contentHash: null,
	epoch: 0,
	isSettled: false,
	isScalingAmbiguous: false,
};

interface DeploymentReading {
	readonly imageDigest: string;
	readonly content: PodContent;
	readonly epoch: number | null;
	readonly replicas: number;
	readonly readyReplicas: number;
	readonly isSettled: boolean;
}

const objectsOf = ({ cluster }: ClusterWorld, call: KubernetesCall, target: WorkloadTarget) => {
	const { clusterName } = target;
	const template = objectKey(target, target.deployment);
	return {
		/** The values of a Deployment at the moment of the read; it lives on. */
		deployment: (key: string): Promise<DeploymentReading | null> =>
			call(clusterName, "get", "deployments", () => {
				const live = cluster.deployment(key);
				if (live === null) return null;
				const { imageDigest, content, epoch, replicas, readyReplicas, isSettled } = live;
				return { imageDigest, content, epoch, replicas, readyReplicas, isSettled };
			}),
		autoscaler: (
			key: string,
		): Promise<(AutoscalerBounds & { readonly desiredReplicas: number; readonly isAmbiguous: boolean }) | null> =>
			call(clusterName, "get", "horizontalpodautoscalers", () => {
				const live = cluster.autoscaler(key);
				return live && { ...live.bounds, desiredReplicas: live.desiredReplicas, isAmbiguous: live.isAmbiguous };
			}),
		/** Found in a list, because it may have any name. */
		usersAutoscaler: (): Promise<AutoscalerBounds | null> =>
			call(clusterName, "list", "horizontalpodautoscalers", () => cluster.autoscaler(template)?.bounds ?? null),
		/** What the slot is made of: the content that was kept for the release, or the user's Deployment as it is now. */
		contentFor: async ({ contentHash }: Release): Promise<PodContent> => {
			const where = `Deployment "${target.namespace}/${target.deployment}"`;
			if (contentHash === undefined) {
				const users = await call(clusterName, "get", "deployments", () => cluster.deployment(template)?.content);
				if (users !== undefined) return users;
				throw new InvalidWorkloadError(
					`${where} does not exist; allowed are Deployments, neither StatefulSets nor DaemonSets.`,
				);
			}
			const kept = await call(clusterName, "get", "configmaps", () =>
				cluster.configMaps.get(objectKey(target, templateName(target, contentHash))),
			);
			if (kept !== null) return podContentIn(contentHash, kept.data);
			throw new InvalidWorkloadError(
				`Content ${contentHash} of ${where} is not kept; allowed are releases whose content was captured and is still in use.`,
			);
		},
	};
};

const deploy = async (
	world: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	slot: SlotName,
	release: Release,
	epoch: number,
): Promise<void> => {
	const { cluster } = world;
	const { imageDigest } = release;
	const { clusterName } = target;
	const objects = objectsOf(world, call, target);
	const key = slotKey(target, slot);
	const [content, users] = await Promise.all([objects.contentFor(release), objects.usersAutoscaler()]);
	// The autoscaler first, the Deployment last, as in the real adapter: its epoch says that all of it is done.
	const bounds = { minReplicas: 1, maxReplicas: users?.maxReplicas ?? defaultBounds.maxReplicas, epoch };
	await writeFenced(
		{
			path: `Autoscaler "${key}"`,
			get: () => objects.autoscaler(key),
			create: () =>
				call(clusterName, "create", "horizontalpodautoscalers", () => cluster.createAutoscaler(key, bounds)),
			patch: (testEpoch) =>
				call(clusterName, "patch", "horizontalpodautoscalers", () => cluster.patchAutoscaler(key, testEpoch, bounds)),
		},
		epoch,
	);
	let liveReplicas = 0;
	await writeFenced(
		{
			path: `Deployment "${key}"`,
			get: async () => {
				const live = await objects.deployment(key);
				liveReplicas = live?.replicas ?? 0;
				return live;
			},
			create: () =>
				call(
					clusterName,
					"create",
					"deployments",
					() => void cluster.createDeployment(key, imageDigest, epoch, 1, content),
				),
			patch: (testEpoch) => {
				const wake = liveReplicas === 0 ? { replicas: 1 } : {};
				return call(clusterName, "patch", "deployments", () =>
					cluster.patchDeployment(key, testEpoch, { imageDigest, content, epoch, ...wake }),
				);
			},
		},
		epoch,
	);
};

const hold = async (
	world: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	slot: SlotName,
	minReplicas: number | null,
	slotEpoch: number,
): Promise<void> => {
	const objects = objectsOf(world, call, target);
	const key = slotKey(target, slot);
	const path = `Autoscaler "${key}"`;
	const live = await objects.autoscaler(key);
	if (live === null || live.epoch !== slotEpoch)
		throw new SlotEpochConflictError(`${path} carries epoch ${live?.epoch ?? "none"}, this writer has ${slotEpoch}.`);
	const users = minReplicas === null ? ((await objects.usersAutoscaler()) ?? defaultBounds) : null;
	const min = minReplicas ?? users?.minReplicas ?? defaultBounds.minReplicas;
	if (!Number.isSafeInteger(min) || min < 1)
		throw new InvalidWorkloadError(`minReplicas of ${path} is ${min}; allowed is a whole number from 1.`);
	const max = Math.max(min, users?.maxReplicas ?? live.maxReplicas);
	await patchFenced({ path, get: () => objects.autoscaler(key) }, slotEpoch, () =>
		call(target.clusterName, "patch", "horizontalpodautoscalers", () =>
			world.cluster.patchAutoscaler(key, slotEpoch, { minReplicas: min, maxReplicas: max }),
		),
	);
};

const retire = async (
	world: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	slot: SlotName,
	slotEpoch: number,
): Promise<void> => {
	const key = slotKey(target, slot);
	const object = { path: `Deployment "${key}"`, get: () => objectsOf(world, call, target).deployment(key) };
	try {
		await patchFenced(object, slotEpoch, () =>
			call(target.clusterName, "patch", "deployments", () =>
				world.cluster.patchDeployment(key, slotEpoch, { replicas: 0 }),
			),
		);
	} catch (error) {
		if (!isRefusal(error, "NotFound")) throw error;
	}
};

const direct = async (
	{ cluster }: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	inClusterService: string,
	slot: SlotName,
	epoch: number,
): Promise<void> => {
	const key = objectKey(target, inClusterService);
	let cause: unknown;
	for (let attempt = 1; attempt <= maxAttempts; attempt++) {
		const live = await call(target.clusterName, "get", "services", () => cluster.service(key));
		if (live === null)
			throw new InvalidWorkloadError(`Service "${key}" is missing; allowed is a Service with a selector.`);
		if ((live.epoch ?? 0) > epoch)
			throw new SlotEpochConflictError(`Service "${key}" carries epoch ${live.epoch}, this writer has ${epoch}.`);
		try {
			return await call(target.clusterName, "patch", "services", () =>
				cluster.patchService(key, live.resourceVersion, slot, epoch),
			);
		} catch (error) {
			if (!isRefusal(error, "Invalid")) throw error;
			cause = error;
		}
	}
	throw new WorkloadsUnavailableError(`Service "${key}" is written by others at this moment.`, { cause });
};

/** Slots on the world's cluster, with the calls that the real adapter makes: reads, creates and fenced patches. */
export const fakeWorkloads = (world: ClusterWorld, caller: Caller): Workloads => {
	const call = kubernetesCalls(world, caller);
	return {
		deploy: (target, slot, release, epoch) => deploy(world, call, target, slot, release, epoch),
		read: async (target, slot) => {
			const objects = objectsOf(world, call, target);
			const key = slotKey(target, slot);
			const [deployment, autoscaler] = await Promise.all([objects.deployment(key), objects.autoscaler(key)]);
			if (deployment === null || deployment.epoch === null) return neverDeployed;
			const { replicas, readyReplicas, imageDigest, content, epoch, isSettled } = deployment;
			return {
				// An autoscaler rests while its Deployment is at zero, and what it wanted may be left from before.
				wantedReplicas: replicas === 0 ? 0 : Math.max(replicas, autoscaler?.desiredReplicas ?? 0),
				readyReplicas,
				minReplicas: autoscaler?.minReplicas ?? 0,
				imageDigest,
				contentHash: content.contentHash,
				epoch,
				isSettled,
				isScalingAmbiguous: replicas > 0 && autoscaler?.isAmbiguous === true,
			};
		},
		hold: (target, slot, minReplicas, slotEpoch) => hold(world, call, target, slot, minReplicas, slotEpoch),
		retire: (target, slot, slotEpoch) => retire(world, call, target, slot, slotEpoch),
		directInClusterService: async (target, slot, epoch) => {
			const { inClusterService } = target;
			if (inClusterService !== null) await direct(world, call, target, inClusterService, slot, epoch);
		},
		readInClusterService: async (target) => {
			const { inClusterService, clusterName } = target;
			if (inClusterService === null) return null;
			const key = objectKey(target, inClusterService);
			return (await call(clusterName, "get", "services", () => world.cluster.service(key)))?.slot ?? null;
		},
	};
};
