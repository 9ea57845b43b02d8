import { isDeepStrictEqual } from "node:util";
import type { Release } from "../domain/release.ts";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import { type SlotName, slotNames } from "../domain/slot.ts";
import {
	InvalidWorkloadError,
	SlotEpochConflictError,
	type Workloads,
	WorkloadsUnavailableError,
} from "../ports/workloads.ts";
import { contentIn, templateName } from "./content-objects.ts";
import { epochOf, markWithEpoch, patchFenced } from "./epoch-fence.ts";
import {
	InvalidObjectError,
	type JsonPatchOperation,
	type KubernetesApi,
	ObjectConflictError,
	ObjectGoneConflictError,
	objectPath,
} from "./kubernetes-api.ts";
import type {
	Autoscaler,
	ConfigMap,
	Deployment,
	KubernetesObject,
	ObjectList,
	Service,
	VolumeClaim,
} from "./kubernetes-objects.ts";
import { assertEligible, claimNamesOf } from "./slot-eligibility.ts";
import {
	autoscalerChanges,
	defaultReplicas,
	deploymentChanges,
	type SlotContent,
	slotAutoscaler,
	slotContent,
	slotDeployment,
	slotLabel,
	slotObjectName,
} from "./slot-manifests.ts";
import { slotReading } from "./slot-reading.ts";

const deployments = (target: WorkloadTarget, name?: string) =>
	objectPath("apps/v1", target.namespace, "deployments", name);

const autoscalers = (target: WorkloadTarget, name?: string) =>
	objectPath("autoscaling/v2", target.namespace, "horizontalpodautoscalers", name);

/** How often a write is tried anew after somebody else's came in between. */
const maxAttempts = 3;

const maxPages = 20;

/** The user's own autoscaler: the one that scales the user's Deployment, whatever its name. */
export const usersAutoscaler = async (api: KubernetesApi, target: WorkloadTarget): Promise<Autoscaler | null> => {
	let after = "";
	for (let page = 0; page < maxPages; page++) {
		const list = await api.get<ObjectList<Autoscaler>>(
			`${autoscalers(target)}?limit=100&continue=${encodeURIComponent(after)}`,
		);
		const found = list?.items.find(
			({ spec: { scaleTargetRef } }) =>
				scaleTargetRef.kind === "Deployment" && scaleTargetRef.name === target.deployment,
		);
		if (found !== undefined) return found;
		after = list?.metadata?.continue ?? "";
		if (after === "") return null;
	}
	throw new InvalidWorkloadError(
		`Namespace "${target.namespace}" has more than ${maxPages * 100} autoscalers; allowed are as many.`,
	);
};

/** What the slot is made of: the content that was kept for the release, or the user's Deployment as it is now. */
const readContent = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	{ contentHash }: Release,
): Promise<SlotContent> => {
	if (contentHash !== undefined) {
		const path = objectPath("v1", target.namespace, "configmaps", templateName(target, contentHash));
		return contentIn(target, contentHash, await api.get<ConfigMap>(path));
	}
	const users = await api.get<Deployment>(deployments(target, target.deployment));
	if (users !== null) return slotContent(users, target);
	throw new InvalidWorkloadError(
		`Deployment "${target.namespace}/${target.deployment}" does not exist; allowed are Deployments, neither StatefulSets nor DaemonSets.`,
	);
};

const readTemplate = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	release: Release,
): Promise<{ readonly content: SlotContent; readonly autoscaler: Autoscaler | null }> => {
	const [content, autoscaler] = await Promise.all([readContent(api, target, release), usersAutoscaler(api, target)]);
	const { template } = content.spec;
	const claims = new Map<string, VolumeClaim | null>();
	for (const name of claimNamesOf(template))
		claims.set(name, await api.get(objectPath("v1", target.namespace, "persistentvolumeclaims", name)));
	assertEligible(template, target, autoscaler !== null, claims);
	return { content, autoscaler };
};

const isOvertaken = (error: unknown): boolean =>
	error instanceof ObjectConflictError ||
	error instanceof ObjectGoneConflictError ||
	error instanceof SlotEpochConflictError;

/** Creates an object, or changes the present one while it carries an epoch older than ours. */
const write = async <T extends KubernetesObject>(
	api: KubernetesApi,
	collectionPath: string,
	wanted: T,
	changes: (live: T, wanted: T) => readonly JsonPatchOperation[],
): Promise<void> => {
	const path = `${collectionPath}/${wanted.metadata.name}`;
	const epoch = epochOf(wanted) ?? 0;
	for (let attempt = 1; ; attempt++) {
		const live = await api.get<T>(path);
		const liveEpoch = epochOf(live);
		if (live !== null && liveEpoch === null)
			throw new InvalidWorkloadError(`${path} exists and is not Sluice's; allowed is a name that is free.`);
		if (liveEpoch !== null && liveEpoch > epoch)
			throw new SlotEpochConflictError(`${path} carries epoch ${liveEpoch}, this writer has ${epoch}.`);
		// One patch carries everything, so whoever left our epoch here left all of it. Writing again would take
		// back what `hold` did since, and would wake up a slot that was retired.
		if (liveEpoch === epoch) return;
		try {
			if (live === null || liveEpoch === null) await api.create(collectionPath, wanted);
			else await patchFenced(api, path, liveEpoch, [...markWithEpoch(live, epoch), ...changes(live, wanted)]);
			return;
		} catch (error) {
			if (error instanceof InvalidObjectError) throw new InvalidWorkloadError(error.message, { cause: error });
			// Who was faster may still be older than us: only the next look can tell.
			if (!isOvertaken(error)) throw error;
			if (attempt === maxAttempts)
				throw new WorkloadsUnavailableError(`${path} is written by others at this moment.`, { cause: error });
		}
	}
};

const changesOfDeployment = (live: Deployment, wanted: Deployment): readonly JsonPatchOperation[] => {
	if (!isDeepStrictEqual(live.spec.selector, wanted.spec.selector))
		throw new InvalidWorkloadError(
			`The selector of Deployment "${wanted.metadata.namespace}/${wanted.metadata.name}" is ${JSON.stringify(live.spec.selector)}; allowed is ${JSON.stringify(wanted.spec.selector)}. It cannot be changed: delete the Deployment while its slot is at rest.`,
		);
	return deploymentChanges(live, wanted);
};

const hold = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	slot: SlotName,
	minReplicas: number | null,
	slotEpoch: number,
): Promise<void> => {
	const path = autoscalers(target, slotObjectName(target, slot));
	const live = await api.get<Autoscaler>(path);
	if (live === null)
		throw new SlotEpochConflictError(`${path} does not exist, so it carries no epoch; this writer has ${slotEpoch}.`);
	const users = minReplicas === null ? await usersAutoscaler(api, target) : null;
	const min = minReplicas ?? (users === null ? defaultReplicas.min : (users.spec.minReplicas ?? 1));
	const max = minReplicas === null ? (users?.spec.maxReplicas ?? defaultReplicas.max) : live.spec.maxReplicas;
	if (!Number.isSafeInteger(min) || min < 1)
		throw new InvalidWorkloadError(`minReplicas of ${path} is ${min}; allowed is a whole number from 1.`);
	await patchFenced(api, path, slotEpoch, [
		{ op: "add", path: "/spec/minReplicas", value: min },
		{ op: "replace", path: "/spec/maxReplicas", value: Math.max(min, max) },
	]);
};

const retire = async (api: KubernetesApi, target: WorkloadTarget, slot: SlotName, slotEpoch: number): Promise<void> => {
	try {
		// Not by /scale: that subresource carries no annotations, so nothing there could be tested (D4).
		await patchFenced(api, deployments(target, slotObjectName(target, slot)), slotEpoch, [
			{ op: "replace", path: "/spec/replicas", value: 0 },
		]);
	} catch (error) {
		if (!(error instanceof ObjectGoneConflictError)) throw error;
	}
};

const direct = async (api: KubernetesApi, path: string, slot: SlotName, epoch: number): Promise<void> => {
	let refusal: { readonly error: Error; readonly resourceVersion: string | undefined } | undefined;
	for (let attempt = 1; attempt <= maxAttempts; attempt++) {
		const live = await api.get<Service>(path);
		if (live?.spec.selector === undefined)
			throw new InvalidWorkloadError(`${path} is missing or selects nothing; allowed is a Service with a selector.`);
		const liveEpoch = epochOf(live) ?? 0;
		if (liveEpoch > epoch)
			throw new SlotEpochConflictError(`${path} carries epoch ${liveEpoch}, this writer has ${epoch}.`);
		const { resourceVersion } = live.metadata;
		if (refusal?.resourceVersion === resourceVersion && refusal?.error instanceof InvalidObjectError)
			throw new InvalidWorkloadError(refusal.error.message, { cause: refusal.error });
		try {
			// The Service is the user's and may carry no epoch yet, hence a test on all of it.
			return await api.jsonPatch(path, [
				{ op: "test", path: "/metadata/resourceVersion", value: resourceVersion },
				...markWithEpoch(live, epoch),
				{ op: "add", path: `/spec/selector/${slotLabel.replace("/", "~1")}`, value: slot },
			]);
		} catch (error) {
			if (!(error instanceof InvalidObjectError || error instanceof ObjectConflictError)) throw error;
			refusal = { error, resourceVersion };
		}
	}
	throw new WorkloadsUnavailableError(`${path} is written by others at this moment.`, { cause: refusal?.error });
};

/**
 * Runs slots on a cluster. Every write is a create, which fails where something exists, or a JSON Patch that begins
 * with a `test`, so that none can undo a newer writer's. The user's Deployment and autoscaler are only read.
 */
export const kubernetesWorkloads = (apiOf: (clusterName: string) => KubernetesApi): Workloads => ({
	deploy: async (target, slot, release, epoch) => {
		const api = apiOf(target.clusterName);
		const { content, autoscaler } = await readTemplate(api, target, release);
		const { imageDigest, contentHash } = release;
		const plan = { target, slot, imageDigest, epoch, ...(contentHash !== undefined && { contentHash }) };
		// The Deployment comes last: whoever reads its epoch may rely on the autoscaler being there.
		await write(api, autoscalers(target), slotAutoscaler(autoscaler, plan), autoscalerChanges);
		await write(api, deployments(target), slotDeployment(content, plan), changesOfDeployment);
	},

	read: async (target, slot) => {
		const api = apiOf(target.clusterName);
		const name = slotObjectName(target, slot);
		const [deployment, autoscaler] = await Promise.all([
			api.get<Deployment>(deployments(target, name)),
			api.get<Autoscaler>(autoscalers(target, name)),
		]);
		return slotReading(target, deployment, autoscaler);
	},

	hold: (target, slot, minReplicas, slotEpoch) => hold(apiOf(target.clusterName), target, slot, minReplicas, slotEpoch),

	retire: (target, slot, slotEpoch) => retire(apiOf(target.clusterName), target, slot, slotEpoch),

	directInClusterService: async (target, slot, epoch) => {
		if (target.inClusterService === null) return;
		const path = objectPath("v1", target.namespace, "services", target.inClusterService);
		await direct(apiOf(target.clusterName), path, slot, epoch);
	},

	readInClusterService: async (target) => {
		if (target.inClusterService === null) return null;
		const path = objectPath("v1", target.namespace, "services", target.inClusterService);
		const service = await apiOf(target.clusterName).get<Service>(path);
		return slotNames.find((slot) => service?.spec.selector?.[slotLabel] === slot) ?? null;
	},
});
