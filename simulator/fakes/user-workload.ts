import type { ClusterFacts, UsersDeployment } from "../../lib/domain/enrolment-facts.ts";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import { type SlotName, slotNames } from "../../lib/domain/slot.ts";
import { type UserWorkload, UserWorkloadConflictError } from "../../lib/ports/user-workload.ts";
import { InvalidWorkloadError } from "../../lib/ports/workloads.ts";
import type { Caller } from "../kernel/caller.ts";
import { objectKey } from "../world/cluster.ts";
import { isRefusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { type KubernetesCall, kubernetesCalls } from "./kubernetes-calls.ts";

type ClusterWorld = Pick<World, "cluster" | "arns" | "surroundings">;

const usersKey = (target: WorkloadTarget): string => objectKey(target, target.deployment);
const slotKey = (target: WorkloadTarget, slot: SlotName): string => objectKey(target, `${target.deployment}-${slot}`);

/** Bounds where no autoscaler of the user's exists, as in the real adapter. */
const defaultBounds = { minReplicas: 2, maxReplicas: 100 };

const readUsers = ({ cluster, surroundings }: ClusterWorld, target: WorkloadTarget): UsersDeployment | null => {
	const key = usersKey(target);
	const live = cluster.deployment(key);
	if (live === null) return null;
	const { problems, otherDigests, image } = surroundings.features(key);
	const autoscaler = cluster.autoscaler(key);
	return {
		resourceVersion: String(live.resourceVersion),
		stopEpoch: live.stopEpoch,
		replicas: live.replicas,
		wantedReplicas: live.replicas === 0 ? 0 : Math.max(live.replicas, autoscaler?.desiredReplicas ?? 0),
		readyReplicas: live.readyReplicas,
		isSettled: live.isSettled,
		image: image ?? `${target.repositoryUri}@${live.imageDigest}`,
		imageDigests: [...new Set([...live.ready.map(({ imageDigest }) => imageDigest), ...otherDigests])].toSorted(),
		podAddresses: live.podIds,
		problems,
		containerPorts: [target.port],
		terminationGraceSeconds: 30,
		hasPreStop: true,
	};
};

const inspect = async (world: ClusterWorld, call: KubernetesCall, target: WorkloadTarget): Promise<ClusterFacts> => {
	const { cluster, surroundings } = world;
	const { clusterName, inClusterService } = target;
	const key = usersKey(target);
	const features = surroundings.features(key);
	const list = <T>(resource: Parameters<KubernetesCall>[2], effect: () => T): Promise<T> =>
		call(clusterName, "list", resource, effect);
	const [, autoscaler, inCluster] = await Promise.all([
		call(clusterName, "get", "deployments", () => {}),
		list("horizontalpodautoscalers", () => cluster.autoscaler(key)?.bounds ?? null),
		list("services", () => (inClusterService === null ? null : cluster.service(objectKey(target, inClusterService)))),
		list("targetgroupbindings", () => {}),
		list("resourcequotas", () => {}),
	]);
	const [blue, green] = await Promise.all(
		slotNames.map((slot) =>
			call(clusterName, "get", "deployments", () => ({
				hasService: surroundings.hasService(slotKey(target, slot)),
				hasBinding: surroundings.hasBinding(slotKey(target, slot)),
				hasDeployment: cluster.deployment(slotKey(target, slot)) !== null,
				hasAutoscaler: cluster.autoscaler(slotKey(target, slot)) !== null,
			})),
		),
	);
	const nothing = { hasService: false, hasBinding: false, hasDeployment: false, hasAutoscaler: false };
	const [users, slotPodAddresses] = await list("pods", () => [
		readUsers(world, target),
		slotNames.flatMap((slot) => cluster.deployment(slotKey(target, slot))?.podIds ?? []),
	]);
	// By the Service's selector, as a list of its own.
	if (inCluster !== null && users !== null) await list("pods", () => {});
	const { foundInstead, otherServices, quotas, missingConfigMaps, bindingApiVersion, selection, takenNames } = features;
	return {
		users,
		foundInstead: users === null ? foundInstead : null,
		...(autoscaler ?? defaultBounds),
		autoscaler: autoscaler === null ? null : target.deployment,
		inClusterService: inCluster && {
			slot: inCluster.slot,
			feedsTargetGroups: features.inClusterFeeds,
			...(users === null ? { selectsUsers: false, alsoSelects: [] } : selection),
		},
		inClusterEpoch: inCluster?.epoch ?? null,
		otherServices,
		quotas,
		missingConfigMaps,
		bindingApiVersion,
		slots: { blue: blue ?? nothing, green: green ?? nothing },
		takenNames,
		slotPodAddresses,
	};
};

const patched = async (key: string, resourceVersion: string, patch: () => Promise<void>): Promise<void> => {
	try {
		await patch();
	} catch (cause) {
		if (isRefusal(cause, "NotFound")) throw new InvalidWorkloadError(`"${key}" does not exist.`, { cause });
		if (!isRefusal(cause, "Invalid")) throw cause;
		throw new UserWorkloadConflictError(`"${key}" is not at version ${resourceVersion} any more.`, { cause });
	}
};

const free = async (
	{ cluster }: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	epoch: number,
): Promise<void> => {
	const { clusterName, inClusterService } = target;
	if (inClusterService === null) return;
	const key = objectKey(target, inClusterService);
	const live = await call(clusterName, "get", "services", () => cluster.service(key));
	if (live === null || (live.slot === null && (live.epoch ?? 0) >= epoch)) return;
	const { resourceVersion } = live;
	await patched(key, String(resourceVersion), () =>
		call(clusterName, "patch", "services", () =>
			cluster.freeService(key, resourceVersion, Math.max(live.epoch ?? 0, epoch)),
		),
	);
};

const remove = async (
	{ cluster, surroundings }: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	slot: SlotName,
): Promise<void> => {
	const { clusterName } = target;
	const key = slotKey(target, slot);
	const seen = await call(clusterName, "get", "deployments", () => {
		const live = cluster.deployment(key);
		return live && { replicas: live.replicas, resourceVersion: live.resourceVersion };
	});
	if (seen !== null) {
		if (seen.replicas > 0) throw new UserWorkloadConflictError(`"${key}" has ${seen.replicas} pods; allowed are none.`);
		await patched(key, String(seen.resourceVersion), () =>
			call(clusterName, "delete", "deployments", () => cluster.removeVersion(key, seen.resourceVersion)),
		);
	}
	await call(clusterName, "delete", "horizontalpodautoscalers", () => cluster.removeAutoscaler(key));
	await call(clusterName, "delete", "targetgroupbindings", () => surroundings.unbind(key));
	await call(clusterName, "delete", "services", () => surroundings.unbind(key));
};

/** The user's own workload on the world's cluster: reads, creates, and writes that name the version that was read. */
export const fakeUserWorkload = (world: ClusterWorld, caller: Caller): UserWorkload => {
	const call = kubernetesCalls(world, caller);
	const { cluster, surroundings } = world;
	const patch = (
		target: WorkloadTarget,
		resourceVersion: string,
		change: Parameters<typeof cluster.patchVersion>[2],
	): Promise<void> =>
		patched(usersKey(target), resourceVersion, () =>
			call(target.clusterName, "patch", "deployments", () =>
				cluster.patchVersion(usersKey(target), resourceVersion, change),
			),
		);
	return {
		inspect: (target) => inspect(world, call, target),
		bind: async (target, slot, binding) => {
			const key = slotKey(target, slot);
			// Without a binding the Service is enough: its endpoints are what a gateway sends requests to.
			await call(target.clusterName, "create", "services", () => {
				surroundings.addService(key);
				if (binding === null) surroundings.bind(key);
			});
			if (binding === null) return;
			await call(target.clusterName, "create", "targetgroupbindings", () => surroundings.bind(key));
		},
		markStoppable: async (target, epoch, resourceVersion) => {
			const key = usersKey(target);
			const carried = await call(target.clusterName, "get", "deployments", () => cluster.deployment(key)?.stopEpoch);
			if (epoch !== null || carried != null) await patch(target, resourceVersion, { stopEpoch: epoch });
		},
		scale: (target, replicas, resourceVersion) => patch(target, resourceVersion, { replicas }),
		setImage: (target, imageDigest, resourceVersion) => patch(target, resourceVersion, { imageDigest }),
		freeInClusterService: (target, epoch) => free(world, call, target, epoch),
		remove: (target, slot) => remove(world, call, target, slot),
	};
};
