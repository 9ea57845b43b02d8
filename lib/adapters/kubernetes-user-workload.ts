import type { WorkloadTarget } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import type { SlotBinding, UserWorkload } from "../ports/user-workload.ts";
import { UserWorkloadConflictError } from "../ports/user-workload.ts";
import { InvalidWorkloadError } from "../ports/workloads.ts";
import { epochOf, markWithEpoch, stopAnnotation } from "./epoch-fence.ts";
import {
	InvalidObjectError,
	type JsonPatchOperation,
	type KubernetesApi,
	ObjectConflictError,
	ObjectGoneConflictError,
	objectPath,
} from "./kubernetes-api.ts";
import { bindingsPath, inspectCluster, readBindings } from "./kubernetes-inspection.ts";
import { listAll } from "./kubernetes-list.ts";
import type { Deployment, KubernetesObject, Service } from "./kubernetes-objects.ts";
import { isMadeBySluice, slotService, slotTargetGroupBinding, type TargetGroupBinding } from "./slot-binding.ts";
import { slotLabel, slotObjectName } from "./slot-manifests.ts";

const escaped = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

const stopPath = `/metadata/annotations/${escaped(stopAnnotation)}`;

const annotate = (present: object | undefined, epoch: number): JsonPatchOperation =>
	present === undefined
		? { op: "add", path: "/metadata/annotations", value: { [stopAnnotation]: String(epoch) } }
		: { op: "add", path: stopPath, value: String(epoch) };

const usersPath = (target: WorkloadTarget): string =>
	objectPath("apps/v1", target.namespace, "deployments", target.deployment);

/** Patches an object in this version only, whoever else writes it. @throws UserWorkloadConflictError */
const patchVersion = async (
	api: KubernetesApi,
	path: string,
	resourceVersion: string,
	operations: readonly JsonPatchOperation[],
): Promise<void> => {
	const test: JsonPatchOperation = { op: "test", path: "/metadata/resourceVersion", value: resourceVersion };
	try {
		await api.jsonPatch(path, [test, ...operations]);
	} catch (cause) {
		const wasOvertaken =
			cause instanceof InvalidObjectError ||
			cause instanceof ObjectConflictError ||
			cause instanceof ObjectGoneConflictError;
		if (!wasOvertaken) throw cause;
		// A failed test and an invalid object are answered alike: only the object can tell.
		const present = (await api.get<KubernetesObject>(path))?.metadata.resourceVersion;
		if (present === resourceVersion && cause instanceof InvalidObjectError)
			throw new InvalidWorkloadError(cause.message, { cause });
		throw new UserWorkloadConflictError(
			`${path} is at version ${present ?? "none"}, this writer read ${resourceVersion}.`,
			{ cause },
		);
	}
};

const createOwn = async (api: KubernetesApi, collectionPath: string, wanted: KubernetesObject): Promise<void> => {
	try {
		await api.create(collectionPath, wanted);
	} catch (cause) {
		if (cause instanceof InvalidObjectError) throw new InvalidWorkloadError(cause.message, { cause });
		if (!(cause instanceof ObjectConflictError)) throw cause;
		const path = `${collectionPath}/${wanted.metadata.name}`;
		const live = await api.get<KubernetesObject>(path);
		if (live !== null && !isMadeBySluice(live))
			throw new InvalidWorkloadError(`${path} exists and is not Sluice's; allowed is a name that is free.`, { cause });
	}
};

const readUsers = async (api: KubernetesApi, target: WorkloadTarget): Promise<Deployment> => {
	const users = await api.get<Deployment>(usersPath(target));
	if (users === null) throw new InvalidWorkloadError(`${usersPath(target)} does not exist; allowed is a Deployment.`);
	return users;
};

const bind = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	slot: SlotName,
	binding: SlotBinding | null,
): Promise<void> => {
	const users = await readUsers(api, target);
	await createOwn(api, objectPath("v1", target.namespace, "services"), slotService(users, target, slot));
	if (binding === null) return;
	const bindings = bindingsPath(binding.apiVersion, target.namespace);
	const all = (await listAll<TargetGroupBinding>(api, bindings)) ?? [];
	const model = all.find(({ spec }) => spec.targetGroupARN === binding.usersGroupArn);
	await createOwn(api, bindings, slotTargetGroupBinding(target, slot, binding, model));
};

const setImage = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	imageDigest: string,
	resourceVersion: string,
): Promise<void> => {
	const users = await readUsers(api, target);
	const index = users.spec.template.spec.containers.findIndex(({ name }) => name === target.container);
	if (index < 0)
		throw new InvalidWorkloadError(
			`${usersPath(target)} has no container "${target.container}"; allowed is one of its own.`,
		);
	const path = `/spec/template/spec/containers/${index}`;
	await patchVersion(api, usersPath(target), resourceVersion, [
		{ op: "test", path: `${path}/name`, value: target.container },
		{ op: "replace", path: `${path}/image`, value: `${target.repositoryUri}@${imageDigest}` },
	]);
};

const markStoppable = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	epoch: number | null,
	resourceVersion: string,
): Promise<void> => {
	const { metadata } = await readUsers(api, target);
	const carried = metadata.annotations?.[stopAnnotation];
	if (epoch === null && carried === undefined) return;
	await patchVersion(
		api,
		usersPath(target),
		resourceVersion,
		epoch === null ? [{ op: "remove", path: stopPath }] : [annotate(metadata.annotations, epoch)],
	);
};

const free = async (api: KubernetesApi, path: string, epoch: number): Promise<void> => {
	const live = await api.get<Service>(path);
	if (live === null) return;
	const isTaken = live.spec.selector?.[slotLabel] !== undefined;
	const isBehind = (epochOf(live) ?? 0) < epoch;
	if (!isTaken && !isBehind) return;
	await patchVersion(api, path, live.metadata.resourceVersion ?? "", [
		...(isTaken ? [{ op: "remove", path: `/spec/selector/${escaped(slotLabel)}` } as const] : []),
		...(isBehind ? markWithEpoch(live, epoch) : []),
	]);
};

/** Deletes what is Sluice's, in the version that was seen; what is somebody else's stays. */
const removeOwn = async (
	api: KubernetesApi,
	path: string,
	assertAtRest: (live: KubernetesObject) => void = () => {},
): Promise<void> => {
	const live = await api.get<KubernetesObject>(path);
	if (live === null || !(isMadeBySluice(live) || epochOf(live) !== null)) return;
	assertAtRest(live);
	try {
		await api.remove(path, live.metadata.resourceVersion ?? "");
	} catch (cause) {
		if (cause instanceof ObjectGoneConflictError) return;
		if (!(cause instanceof ObjectConflictError)) throw cause;
		throw new UserWorkloadConflictError(`${path} was written while it was being deleted.`, { cause });
	}
};

const remove = async (api: KubernetesApi, target: WorkloadTarget, slot: SlotName): Promise<void> => {
	const name = slotObjectName(target, slot);
	const { namespace } = target;
	const deployment = objectPath("apps/v1", namespace, "deployments", name);
	const assertAtRest = (live: KubernetesObject): void => {
		const { spec, status } = live as Deployment;
		const pods = Math.max(spec.replicas ?? 1, status?.replicas ?? 0);
		if (pods > 0) throw new UserWorkloadConflictError(`${deployment} has ${pods} pods; allowed are none.`);
	};
	await removeOwn(api, deployment, assertAtRest);
	await removeOwn(api, objectPath("autoscaling/v2", namespace, "horizontalpodautoscalers", name));
	const offered = await readBindings(api, namespace);
	if (offered !== null) await removeOwn(api, `${bindingsPath(offered.apiVersion, namespace)}/${name}`);
	await removeOwn(api, objectPath("v1", namespace, "services", name));
};

/**
 * The user's own workload on a cluster. Every write names the version that was read, so that one which comes late
 * meets another version and changes nothing (D4).
 */
export const kubernetesUserWorkload = (apiOf: (clusterName: string) => KubernetesApi): UserWorkload => ({
	inspect: (target) => inspectCluster(apiOf(target.clusterName), target),
	bind: (target, slot, binding) => bind(apiOf(target.clusterName), target, slot, binding),
	markStoppable: (target, epoch, resourceVersion) =>
		markStoppable(apiOf(target.clusterName), target, epoch, resourceVersion),
	scale: (target, replicas, resourceVersion) =>
		patchVersion(apiOf(target.clusterName), usersPath(target), resourceVersion, [
			{ op: "replace", path: "/spec/replicas", value: replicas },
		]),
	setImage: (target, imageDigest, resourceVersion) =>
		setImage(apiOf(target.clusterName), target, imageDigest, resourceVersion),
	freeInClusterService: async (target, epoch) => {
		if (target.inClusterService === null) return;
		const path = objectPath("v1", target.namespace, "services", target.inClusterService);
		await free(apiOf(target.clusterName), path, epoch);
	},
	remove: (target, slot) => remove(apiOf(target.clusterName), target, slot),
});
