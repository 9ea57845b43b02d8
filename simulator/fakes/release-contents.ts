import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import { slotNames } from "../../lib/domain/slot.ts";
import {
	type CapturedContent,
	ContentNameConflictError,
	type ReleaseContents,
} from "../../lib/ports/release-contents.ts";
import { InvalidWorkloadError, WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import type { Caller } from "../kernel/caller.ts";
import { objectKey } from "../world/cluster.ts";
import type { ConfigMap, KeptMarks } from "../world/config-maps.ts";
import { keptContentOf } from "../world/kept-content.ts";
import type { PodContent } from "../world/pod-content.ts";
import { isRefusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { type KubernetesCall, kubernetesCalls } from "./kubernetes-calls.ts";

type ClusterWorld = Pick<World, "cluster" | "arns">;

// As in the real adapter.
const safeMs = 3_600_000;
const refreshMs = safeMs / 2;
const maxAttempts = 3;
const mostGivenUp = 30;

interface Wanted {
	readonly name: string;
	readonly data: Readonly<Record<string, string>>;
	readonly kept: KeptMarks;
}

const isSameData = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
	Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);

/** The calls of one cluster's namespace. */
const objectsOf = ({ cluster }: ClusterWorld, call: KubernetesCall, target: WorkloadTarget) => {
	const { clusterName } = target;
	const { configMaps } = cluster;
	const keyOf = (name: string): string => objectKey(target, name);
	const get = (name: string): Promise<ConfigMap | null> =>
		call(clusterName, "get", "configmaps", () => configMaps.get(keyOf(name)));
	return {
		get,
		deployment: (name: string): Promise<{ readonly content: PodContent; readonly replicas: number } | null> =>
			call(clusterName, "get", "deployments", () => {
				const found = cluster.deployment(keyOf(name));
				return found === null ? null : { content: found.content, replicas: found.replicas };
			}),
		list: () =>
			call(clusterName, "list", "configmaps", () =>
				configMaps.list(keyOf("")).filter(({ kept }) => kept?.deployment === target.deployment),
			),
		remove: (key: string, resourceVersion: number): Promise<void> =>
			call(clusterName, "delete", "configmaps", () => configMaps.remove(key, resourceVersion)),
		/** Creates what is kept, or marks it as captured again. */
		keep: async ({ name, data, kept }: Wanted): Promise<void> => {
			let cause: unknown;
			for (let attempt = 1; attempt <= maxAttempts; attempt++) {
				const live = await get(name);
				if (live !== null && (live.kept?.deployment !== kept.deployment || !isSameData(live.data, data)))
					throw new ContentNameConflictError(
						`ConfigMap "${name}" exists and is not what Sluice keeps under that name; allowed is a name that is free.`,
					);
				try {
					if (live === null)
						return await call(clusterName, "create", "configmaps", () => configMaps.create(keyOf(name), data, kept));
					return await call(clusterName, "patch", "configmaps", () =>
						configMaps.markCaptured(keyOf(name), live.resourceVersion, kept.capturedAtEpochMs),
					);
				} catch (error) {
					const isOvertaken =
						isRefusal(error, "Conflict") || isRefusal(error, "NotFound") || isRefusal(error, "Invalid");
					if (!isOvertaken) throw error;
					cause = error;
				}
			}
			throw new WorkloadsUnavailableError(`ConfigMap "${name}" is written by others at this moment.`, { cause });
		},
	};
};

const capture = async (
	world: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	nowEpochMs: () => number,
): Promise<CapturedContent> => {
	const objects = objectsOf(world, call, target);
	const deployment = await objects.deployment(target.deployment);
	if (deployment === null)
		throw new InvalidWorkloadError(
			`Deployment "${target.namespace}/${target.deployment}" does not exist; allowed are Deployments, neither StatefulSets nor DaemonSets.`,
		);
	const { content: users, replicas: usersReplicas } = deployment;
	const found = new Map(
		await Promise.all(users.configMaps.map(async ({ name }) => [name, await objects.get(name)] as const)),
	);
	const missing = users.configMaps.filter(({ name, isOptional }) => !isOptional && found.get(name) === null);
	if (missing.length > 0)
		throw new InvalidWorkloadError(
			`Deployment "${target.namespace}/${target.deployment}" refers to ConfigMap ${missing.map(({ name }) => `"${name}"`).join(", ")}, which does not exist; allowed are ones that exist, or references marked optional.`,
		);
	const content = keptContentOf(target, users, (name) => found.get(name)?.data ?? null);
	const { contentHash, templateName, templateData, copies } = content;
	const capturedAtEpochMs = nowEpochMs();
	const present = await objects.get(templateName);
	if (present?.kept && capturedAtEpochMs - present.kept.capturedAtEpochMs < refreshMs)
		return { contentHash, usersReplicas };
	const marks = { deployment: target.deployment, capturedAtEpochMs };
	const made = [...copies.values()].flatMap(({ name, data }) => (data === null ? [] : [{ name, data }]));
	for (const copy of made) await objects.keep({ ...copy, kept: { ...marks, kind: "configuration", copies: [] } });
	// The template comes last: whoever finds it may rely on its copies.
	const kept = { ...marks, kind: "template", copies: made.map(({ name }) => name) } as const;
	await objects.keep({ name: templateName, data: templateData, kept });
	return { contentHash, usersReplicas };
};

const hashIn = (target: WorkloadTarget, key: string): string =>
	key.slice(objectKey(target, `${target.deployment}-content-`).length);

const collect = async (
	world: ClusterWorld,
	call: KubernetesCall,
	target: WorkloadTarget,
	keep: readonly string[],
	nowEpochMs: () => number,
): Promise<number> => {
	const objects = objectsOf(world, call, target);
	const all = (await objects.list()).flatMap(({ key, kept, resourceVersion }) =>
		kept === null ? [] : [{ key, kept, resourceVersion }],
	);
	const inSlots = await Promise.all(slotNames.map((slot) => objects.deployment(`${target.deployment}-${slot}`)));
	const used = new Set([...keep, ...inSlots.map((deployment) => deployment?.content.contentHash)]);
	const old = all.filter(({ kept }) => kept.capturedAtEpochMs < nowEpochMs() - safeMs);
	const templates = old.filter(({ key, kept }) => kept.kind === "template" && !used.has(hashIn(target, key)));
	const staying = all.filter((object) => !templates.includes(object));
	const referred = new Set(staying.flatMap(({ kept }) => kept.copies.map((name) => objectKey(target, name))));
	const copies = old.filter(({ key, kept }) => kept.kind === "configuration" && !referred.has(key));
	let givenUp = 0;
	for (const { key, resourceVersion } of [...templates, ...copies].slice(0, mostGivenUp)) {
		try {
			await objects.remove(key, resourceVersion);
			givenUp++;
		} catch (error) {
			if (!(isRefusal(error, "Conflict") || isRefusal(error, "NotFound"))) throw error;
		}
	}
	return givenUp;
};

/** Contents kept in the world's cluster, with the calls that the real adapter makes. */
export const fakeReleaseContents = (world: ClusterWorld, caller: Caller): ReleaseContents => {
	const call = kubernetesCalls(world, caller);
	const now = (): number => Math.floor(caller.nowEpochMs());
	return {
		capture: (target) => capture(world, call, target, now),
		kept: async (target) =>
			(await objectsOf(world, call, target).list()).flatMap(({ key, kept }) =>
				kept?.kind === "template" ? [hashIn(target, key)] : [],
			),
		collect: (target, keep) => collect(world, call, target, keep, now),
	};
};
