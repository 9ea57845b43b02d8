import { isDeepStrictEqual } from "node:util";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import { slotNames } from "../domain/slot.ts";
import type { Clock } from "../ports/clock.ts";
import { ContentNameConflictError, type ReleaseContents } from "../ports/release-contents.ts";
import { InvalidWorkloadError, WorkloadsUnavailableError } from "../ports/workloads.ts";
import { configMapsOf } from "./configuration-references.ts";
import {
	capturedAnnotation,
	copyObject,
	deploymentLabel,
	type KeptObject,
	keptObjectOf,
	snapshotOf,
	templateName,
	templateObject,
} from "./content-objects.ts";
import {
	InvalidObjectError,
	type KubernetesApi,
	ObjectConflictError,
	ObjectGoneConflictError,
	objectPath,
} from "./kubernetes-api.ts";
import type { ConfigMap, Deployment, KubernetesObject } from "./kubernetes-objects.ts";
import { contentAnnotation, slotObjectName } from "./slot-manifests.ts";

const configMaps = (target: WorkloadTarget, name?: string): string =>
	objectPath("v1", target.namespace, "configmaps", name);

const deployments = (target: WorkloadTarget, name: string): string =>
	objectPath("apps/v1", target.namespace, "deployments", name);

/** The cluster's own, in every namespace: a copy would keep a certificate that has been replaced. */
const clustersOwn = ["kube-root-ca.crt"];

/** More ConfigMaps than this would take a capture longer than its caller has. */
const mostConfigMaps = 50;

/** A release takes seconds from its capture to the record, minutes on a bad day: nothing younger is given up. */
const safeMs = 3_600_000;

/** What was captured longer ago is marked anew, so that it does not get old between a capture and the record. */
const refreshMs = safeMs / 2;

const maxAttempts = 3;
const maxPages = 20;
const pageSize = 100;

/** So many objects are given up in one call: a few seconds of calls, one after the other. */
const mostGivenUp = 30;

const readUsers = async (api: KubernetesApi, target: WorkloadTarget): Promise<Deployment> => {
	const users = await api.get<Deployment>(deployments(target, target.deployment));
	if (users !== null) return users;
	throw new InvalidWorkloadError(
		`Deployment "${target.namespace}/${target.deployment}" does not exist; allowed are Deployments, neither StatefulSets nor DaemonSets.`,
	);
};

/** The ConfigMaps that a template refers to as they are now; null for one that is missing and may be. */
const readConfigMaps = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	users: Deployment,
): Promise<ReadonlyMap<string, ConfigMap | null>> => {
	const live = [...clustersOwn, ...(target.liveConfigMaps ?? [])];
	const references = [...configMapsOf(users.spec.template)].filter(([name]) => !live.includes(name));
	const refuse = (value: string, allowed: string): never => {
		throw new InvalidWorkloadError(
			`Deployment "${target.namespace}/${target.deployment}" refers to ${value}; allowed are ${allowed}.`,
		);
	};
	if (references.length > mostConfigMaps) refuse(`${references.length} ConfigMaps`, `${mostConfigMaps}`);
	const read = await Promise.all(
		references.map(async ([name, { isOptional }]) => {
			const found = await api.get<ConfigMap>(configMaps(target, name));
			return { name, isMissing: found === null && !isOptional, found };
		}),
	);
	const missing = read.filter(({ isMissing }) => isMissing).map(({ name }) => `"${name}"`);
	if (missing.length > 0)
		refuse(`ConfigMap ${missing.join(", ")}, which does not exist`, "ones that exist, or references marked optional");
	return new Map(read.map(({ name, found }) => [name, found]));
};

const contentOf = ({ data, binaryData, immutable }: ConfigMap) => ({ data, binaryData, immutable });

/** Creates an object that keeps something, or marks the present one as captured now. */
const keep = async (api: KubernetesApi, target: WorkloadTarget, wanted: ConfigMap): Promise<void> => {
	const path = configMaps(target, wanted.metadata.name);
	let cause: unknown;
	for (let attempt = 1; attempt <= maxAttempts; attempt++) {
		const live = await api.get<ConfigMap>(path);
		if (live !== null && !isOurs(target, live, wanted))
			throw new ContentNameConflictError(
				`${path} exists and is not what Sluice keeps under that name; allowed is a name that is free.`,
			);
		try {
			if (live === null) return await api.create(configMaps(target), wanted);
			const value = wanted.metadata.annotations?.[capturedAnnotation];
			// Tested as well, because an object that was given up and made anew must not pass for the one that was read.
			return await api.jsonPatch(path, [
				{ op: "test", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
				...(live.metadata.annotations === undefined
					? [{ op: "add", path: "/metadata/annotations", value: {} } as const]
					: []),
				{ op: "add", path: `/metadata/annotations/${capturedAnnotation.replace("/", "~1")}`, value },
			]);
		} catch (error) {
			if (error instanceof InvalidObjectError && live === null)
				throw new InvalidWorkloadError(error.message, { cause: error });
			const isOvertaken =
				error instanceof InvalidObjectError ||
				error instanceof ObjectConflictError ||
				error instanceof ObjectGoneConflictError;
			if (!isOvertaken) throw error;
			cause = error;
		}
	}
	throw new WorkloadsUnavailableError(`${path} is written by others at this moment.`, { cause });
};

const isOurs = (target: WorkloadTarget, live: ConfigMap, wanted: ConfigMap): boolean =>
	keptObjectOf(target, live) !== null && isDeepStrictEqual(contentOf(live), contentOf(wanted));

const listKept = async (api: KubernetesApi, target: WorkloadTarget): Promise<readonly KeptObject[]> => {
	const selector = encodeURIComponent(`${deploymentLabel}=${target.deployment}`);
	const kept: KeptObject[] = [];
	let after = "";
	for (let page = 0; page < maxPages; page++) {
		const { items, metadata } = await api.listMetadata(
			`${configMaps(target)}?labelSelector=${selector}&limit=${pageSize}&continue=${encodeURIComponent(after)}`,
		);
		for (const item of items) {
			const object = keptObjectOf(target, item);
			if (object !== null) kept.push(object);
		}
		after = metadata?.continue ?? "";
		if (after === "") break;
	}
	return kept;
};

/** What both slots were made of, whatever the caller knows. */
const inSlots = (api: KubernetesApi, target: WorkloadTarget): Promise<readonly (string | undefined)[]> =>
	Promise.all(
		slotNames.map(async (slot) => {
			const live = await api.get<KubernetesObject>(deployments(target, slotObjectName(target, slot)));
			return live?.metadata.annotations?.[contentAnnotation];
		}),
	);

/** Templates that nobody uses, then copies that no other template refers to: a copy goes after all that name it. */
const unusedAmong = (kept: readonly KeptObject[], isUsed: (contentHash: string) => boolean, beforeEpochMs: number) => {
	const old = kept.filter(({ capturedAtEpochMs }) => capturedAtEpochMs < beforeEpochMs);
	const templates = old.filter(({ template }) => template !== null && !isUsed(template.contentHash));
	const staying = kept.flatMap((object) => (templates.includes(object) ? [] : (object.template ?? [])));
	// A template that does not say what it refers to may refer to anything.
	if (staying.some(({ copies }) => copies === null)) return templates;
	const referred = new Set(staying.flatMap(({ copies }) => copies ?? []));
	return [...templates, ...old.filter(({ name, template }) => template === null && !referred.has(name))];
};

const giveUp = async (api: KubernetesApi, target: WorkloadTarget, object: KeptObject): Promise<boolean> => {
	try {
		await api.remove(configMaps(target, object.name), object.resourceVersion);
		return true;
	} catch (error) {
		// Somebody has captured it since, or given it up.
		if (error instanceof ObjectConflictError || error instanceof ObjectGoneConflictError) return false;
		throw error;
	}
};

/**
 * Keeps contents as immutable ConfigMaps beside the user's: one for the template, one for each ConfigMap it refers to,
 * all named by their content. Whoever captures first creates them; whoever captures again marks them as still wanted,
 * and what was marked since it was read cannot be removed.
 */
export const kubernetesReleaseContents = (
	apiOf: (clusterName: string) => KubernetesApi,
	clock: Pick<Clock, "nowEpochMs">,
): ReleaseContents => ({
	capture: async (target) => {
		const api = apiOf(target.clusterName);
		const users = await readUsers(api, target);
		const found = await readConfigMaps(api, target, users);
		const snapshot = snapshotOf(users, target, found);
		const { contentHash } = snapshot;
		const nowEpochMs = clock.nowEpochMs();
		const present = await api.getMetadata(configMaps(target, templateName(target, contentHash)));
		const captured = present === null ? null : keptObjectOf(target, present);
		if (captured !== null && nowEpochMs - captured.capturedAtEpochMs < refreshMs) return { contentHash };
		for (const [name, content] of found)
			if (content !== null) await keep(api, target, copyObject(target, name, content, nowEpochMs));
		// The template comes last: whoever finds it may rely on its copies.
		await keep(api, target, templateObject(target, snapshot, nowEpochMs));
		return { contentHash };
	},

	kept: async (target) => {
		const kept = await listKept(apiOf(target.clusterName), target);
		return kept.flatMap(({ template }) => template?.contentHash ?? []);
	},

	collect: async (target, keepContentHashes) => {
		const api = apiOf(target.clusterName);
		const kept = await listKept(api, target);
		const used = new Set([...keepContentHashes, ...(await inSlots(api, target))]);
		const unused = unusedAmong(kept, (contentHash) => used.has(contentHash), clock.nowEpochMs() - safeMs);
		let givenUp = 0;
		for (const object of unused.slice(0, mostGivenUp)) if (await giveUp(api, target, object)) givenUp++;
		return givenUp;
	},
});
