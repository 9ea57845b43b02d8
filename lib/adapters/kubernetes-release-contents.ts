import { isDeepStrictEqual } from "node:util";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import { slotNames } from "../domain/slot.ts";
import type { Clock } from "../ports/clock.ts";
import { ContentNameConflictError, type ReleaseContents } from "../ports/release-contents.ts";
import { InvalidWorkloadError, WorkloadsUnavailableError } from "../ports/workloads.ts";
import { configMapsOf } from "./configuration-references.ts";
import {
	type ContentKind,
	capturedAnnotation,
	copyObject,
	deploymentLabel,
	type KeptObject,
	keptObjectOf,
	kindLabel,
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

/** So many objects are given up in one call, a few at a time: a few seconds of calls. */
const mostGivenUp = 40;
const givenUpAtOnce = 10;

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

/** What is kept of one kind, and whether that is all of it. */
interface Listing {
	readonly objects: readonly KeptObject[];
	readonly isWhole: boolean;
}

const listKept = async (api: KubernetesApi, target: WorkloadTarget, kind: ContentKind): Promise<Listing> => {
	const selector = encodeURIComponent(`${deploymentLabel}=${target.deployment},${kindLabel}=${kind}`);
	const objects: KeptObject[] = [];
	let after = "";
	for (let page = 0; page < maxPages; page++) {
		const { items, metadata } = await api.listMetadata(
			`${configMaps(target)}?labelSelector=${selector}&limit=${pageSize}&continue=${encodeURIComponent(after)}`,
		);
		for (const item of items) {
			const object = keptObjectOf(target, item);
			if (object !== null) objects.push(object);
		}
		after = metadata?.continue ?? "";
		if (after === "") return { objects, isWhole: true };
	}
	return { objects, isWhole: false };
};

/** What both slots were made of, whatever the caller knows. */
const inSlots = (api: KubernetesApi, target: WorkloadTarget): Promise<readonly (string | undefined)[]> =>
	Promise.all(
		slotNames.map(async (slot) => {
			const live = await api.get<KubernetesObject>(deployments(target, slotObjectName(target, slot)));
			return live?.metadata.annotations?.[contentAnnotation];
		}),
	);

/** Templates that nobody uses, and copies that no other template refers to. */
const unusedAmong = (
	{ objects, isWhole }: Listing,
	copies: readonly KeptObject[],
	isUsed: (contentHash: string) => boolean,
	beforeEpochMs: number,
) => {
	const isOld = ({ capturedAtEpochMs }: KeptObject): boolean => capturedAtEpochMs < beforeEpochMs;
	const templates = objects.filter(
		(object) => isOld(object) && object.template !== null && !isUsed(object.template.contentHash),
	);
	const staying = objects.flatMap((object) => (templates.includes(object) ? [] : (object.template ?? [])));
	// A template that does not say what it refers to may refer to anything; so may one that was not listed.
	if (!isWhole || staying.some((template) => template.copies === null)) return { templates, copies: [] };
	const referred = new Set(staying.flatMap((template) => template.copies ?? []));
	return { templates, copies: copies.filter((copy) => isOld(copy) && !referred.has(copy.name)) };
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

/** Gives up as many as are allowed, a few at a time, and counts them. */
const giveUpSome = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	objects: readonly KeptObject[],
	most: number,
): Promise<number> => {
	let givenUp = 0;
	for (let from = 0; from < Math.min(objects.length, most); from += givenUpAtOnce) {
		const some = objects.slice(from, Math.min(from + givenUpAtOnce, most));
		const outcomes = await Promise.all(some.map((object) => giveUp(api, target, object)));
		givenUp += outcomes.filter(Boolean).length;
	}
	return givenUp;
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
		// What Kubernetes makes of a manifest that says nothing.
		const seen = { contentHash, usersReplicas: users.spec.replicas ?? 1 };
		const nowEpochMs = clock.nowEpochMs();
		const present = await api.getMetadata(configMaps(target, templateName(target, contentHash)));
		const captured = present === null ? null : keptObjectOf(target, present);
		if (captured !== null && nowEpochMs - captured.capturedAtEpochMs < refreshMs) return seen;
		for (const [name, content] of found)
			if (content !== null) await keep(api, target, copyObject(target, name, content, nowEpochMs));
		// The template comes last: whoever finds it may rely on its copies.
		await keep(api, target, templateObject(target, snapshot, nowEpochMs));
		return seen;
	},

	kept: async (target) => {
		const { objects, isWhole } = await listKept(apiOf(target.clusterName), target, "template");
		if (!isWhole)
			throw new WorkloadsUnavailableError(
				`More contents are kept for Deployment "${target.namespace}/${target.deployment}" than can be listed; allowed are ${maxPages * pageSize}.`,
			);
		return objects.flatMap(({ template }) => template?.contentHash ?? []);
	},

	collect: async (target, keepContentHashes) => {
		const api = apiOf(target.clusterName);
		const templates = await listKept(api, target, "template");
		// Some of the copies will do: what is left over is found the next time.
		const copies = await listKept(api, target, "configuration");
		const inUse = (await inSlots(api, target)).filter((contentHash) => contentHash !== undefined);
		const used = new Set([...keepContentHashes, ...inUse]);
		const beforeEpochMs = clock.nowEpochMs() - safeMs;
		const unused = unusedAmong(templates, copies.objects, (contentHash) => used.has(contentHash), beforeEpochMs);
		const givenUp = await giveUpSome(api, target, unused.templates, mostGivenUp);
		const isListed = (contentHash: string): boolean =>
			templates.objects.some(({ template }) => template?.contentHash === contentHash);
		// What a slot was made of says which copies it has; a copy goes after all that name it.
		if (!inUse.every(isListed) || unused.templates.length > mostGivenUp) return givenUp;
		return givenUp + (await giveUpSome(api, target, unused.copies, mostGivenUp - unused.templates.length));
	},
});
