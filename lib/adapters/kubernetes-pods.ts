import type { ClusterFacts } from "../domain/enrolment-facts.ts";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import { slotNames } from "../domain/slot.ts";
import { type KubernetesApi, objectPath } from "./kubernetes-api.ts";
import { listAll } from "./kubernetes-list.ts";
import type { Deployment, KubernetesObject, ObjectMetadata, Service } from "./kubernetes-objects.ts";
import { selectsSlotPods } from "./slot-binding.ts";
import { slotLabel, slotObjectName } from "./slot-manifests.ts";

/** What a pod belongs to. */
interface Owner {
	readonly kind: string;
	readonly name: string;
	readonly controller?: boolean;
}

/** v1 Pod. */
export interface Pod extends KubernetesObject {
	readonly metadata: ObjectMetadata & { readonly ownerReferences?: readonly Owner[] };
	readonly status?: {
		readonly phase?: string;
		readonly podIP?: string;
		readonly podIPs?: readonly { readonly ip?: string }[];
		readonly conditions?: readonly { readonly type: string; readonly status: string }[];
		readonly containerStatuses?: readonly { readonly name: string; readonly imageID?: string }[];
	};
}

type Labels = Readonly<Record<string, string>>;

const selectorOf = (labels: Labels): string =>
	Object.entries(labels)
		.map(([name, value]) => `${name}=${value}`)
		.join(",");

const isEnded = ({ status }: Pod): boolean => status?.phase === "Succeeded" || status?.phase === "Failed";

/** What runs a pod. A ReplicaSet is named after its Deployment and the hash that its pods carry as well. */
const workloadOf = ({ metadata: { name, labels = {}, ownerReferences = [] } }: Pod): Owner => {
	const owner = ownerReferences.find(({ controller }) => controller === true);
	if (owner === undefined) return { kind: "Pod", name };
	const suffix = `-${labels["pod-template-hash"]}`;
	return owner.kind === "ReplicaSet" && owner.name.endsWith(suffix)
		? { kind: "Deployment", name: owner.name.slice(0, -suffix.length) }
		: owner;
};

const isOf = ({ kind, name }: Owner, deployments: readonly string[]): boolean =>
	kind === "Deployment" && deployments.includes(name);

/** Pods that the selector of a Deployment matches, slots' among them, in whatever state. */
export const listPods = async (api: KubernetesApi, { metadata, spec }: Deployment): Promise<readonly Pod[]> => {
	const path = objectPath("v1", metadata.namespace, "pods");
	return (await listAll<Pod>(api, path, selectorOf(spec.selector.matchLabels ?? {}))) ?? [];
};

export const isOfSlot = ({ metadata }: Pod): boolean => metadata.labels?.[slotLabel] !== undefined;

/**
 * Addresses of the pods that these Deployments run. By owner, not by labels: selectors of two Deployments may match pods
 * of one of them.
 */
export const addressesOf = (pods: readonly Pod[], deployments: readonly string[]): readonly string[] =>
	pods
		.filter((pod) => !isEnded(pod) && isOf(workloadOf(pod), deployments))
		.flatMap(({ status }) => [
			...new Set([status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)].filter((ip) => ip !== undefined)),
		]);

/**
 * Whose pods a Service selects if nobody names a slot in its selector. Pods of Jobs, which a Helm release labels like
 * its servers, are left out: nobody calls them.
 */
export const selectionOf = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	service: Service,
	users: Deployment,
): Promise<Pick<NonNullable<ClusterFacts["inClusterService"]>, "selectsUsers" | "alsoSelects">> => {
	const { [slotLabel]: _, ...selector } = service.spec.selector ?? {};
	if (Object.keys(selector).length === 0) return { selectsUsers: false, alsoSelects: [] };
	const path = objectPath("v1", target.namespace, "pods");
	const selected = (await listAll<Pod>(api, path, selectorOf(selector))) ?? [];
	const own = [target.deployment, ...slotNames.map((slot) => slotObjectName(target, slot))];
	const others = selected
		.filter((pod) => !isEnded(pod))
		.map(workloadOf)
		.filter((owner) => owner.kind !== "Job" && !isOf(owner, own))
		.map(({ kind, name }) => `${kind} "${name}"`);
	return {
		selectsUsers: selectsSlotPods({ ...service, spec: { selector } }, users),
		alsoSelects: [...new Set(others)].toSorted(),
	};
};
