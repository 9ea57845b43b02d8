import { bindingApiGroups } from "../domain/cluster-permissions.ts";
import type { ClusterFacts, Problem, SlotObjects, TakenName, UsersDeployment } from "../domain/enrolment-facts.ts";
import type { WorkloadTarget } from "../domain/service-definition.ts";
import { type SlotName, slotNames } from "../domain/slot.ts";
import { configMapsOf } from "./configuration-references.ts";
import { epochOf, stopAnnotation } from "./epoch-fence.ts";
import { type KubernetesApi, objectPath } from "./kubernetes-api.ts";
import { listAll } from "./kubernetes-list.ts";
import type { Autoscaler, Deployment, KubernetesObject, Service, VolumeClaim } from "./kubernetes-objects.ts";
import { addressesOf, isOfSlot, listPods, type Pod, selectionOf } from "./kubernetes-pods.ts";
import { usersAutoscaler } from "./kubernetes-workloads.ts";
import { isMadeBySluice, selectsSlotPods, type TargetGroupBinding } from "./slot-binding.ts";
import { claimNamesOf, eligibilityProblems } from "./slot-eligibility.ts";
import { defaultReplicas, slotLabel, slotObjectName } from "./slot-manifests.ts";
import { isSettled } from "./slot-reading.ts";
import { quotaRooms, type ResourceQuota, stopOf } from "./user-template.ts";

/** Versions under which the two kinds of controllers offer their binding. */
const bindingVersions: Readonly<Record<(typeof bindingApiGroups)[number], string>> = {
	"elbv2.k8s.aws": "elbv2.k8s.aws/v1beta1",
	"eks.amazonaws.com": "eks.amazonaws.com/v1",
};

/** Path of the bindings of a namespace. */
export const bindingsPath = (apiVersion: string, namespace: string): string =>
	objectPath(apiVersion, namespace, "targetgroupbindings");

/** Bindings by the version that offers them; a kind that nobody offers is left out. */
export const readBindings = async (api: KubernetesApi, namespace: string) => {
	const offered: { readonly apiVersion: string; readonly bindings: readonly TargetGroupBinding[] }[] = [];
	for (const group of bindingApiGroups) {
		const apiVersion = bindingVersions[group];
		const bindings = await listAll<TargetGroupBinding>(api, bindingsPath(apiVersion, namespace));
		if (bindings !== null) offered.push({ apiVersion, bindings });
	}
	// Where both are offered, the one that is used already is the one whose controller works.
	return offered.toSorted((a, b) => b.bindings.length - a.bindings.length)[0] ?? null;
};

const isReady = ({ status }: Pod): boolean =>
	status?.conditions?.some(({ type, status: holds }) => type === "Ready" && holds === "True") === true;

const digestsOf = (pods: readonly Pod[], container: string): readonly string[] => {
	const digests = pods.filter(isReady).flatMap(({ status }) => {
		const imageId = status?.containerStatuses?.find(({ name }) => name === container)?.imageID ?? "";
		return /sha256:[0-9a-f]{64}$/.exec(imageId) ?? [];
	});
	return [...new Set(digests)].toSorted();
};

const readClaims = async (api: KubernetesApi, users: Deployment): Promise<ReadonlyMap<string, VolumeClaim | null>> => {
	const claims = new Map<string, VolumeClaim | null>();
	for (const name of claimNamesOf(users.spec.template))
		claims.set(name, await api.get(objectPath("v1", users.metadata.namespace, "persistentvolumeclaims", name)));
	return claims;
};

/** Services of slots select by equal labels alone, as every Service does: any other term would be lost on the way. */
const selectorProblems = ({ spec: { selector } }: Deployment): readonly Problem[] =>
	(selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({
		what: "selector.matchExpressions",
		value: `${key} ${operator} ${values.join(", ")}`.trim(),
		allowed: "none, matchLabels only: the Services of slots would select pods of others",
	}));

const readUsers = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	users: Deployment,
	autoscaler: Autoscaler | null,
	pods: readonly Pod[],
): Promise<UsersDeployment> => {
	const claims = await readClaims(api, users);
	const { containers } = users.spec.template.spec;
	const replicas = users.spec.replicas ?? 1;
	return {
		resourceVersion: users.metadata.resourceVersion ?? "",
		stopEpoch: epochOf(users, stopAnnotation),
		replicas,
		// An autoscaler rests while its Deployment is at zero, and its status may be left from before.
		wantedReplicas: replicas === 0 ? 0 : Math.max(replicas, autoscaler?.status?.desiredReplicas ?? 0),
		readyReplicas: users.status?.readyReplicas ?? 0,
		isSettled: isSettled(users),
		image: containers.find(({ name }) => name === target.container)?.image ?? "",
		imageDigests: digestsOf(
			pods.filter((pod) => !isOfSlot(pod)),
			target.container,
		),
		podAddresses: addressesOf(pods, [target.deployment]),
		problems: [
			...eligibilityProblems(users.spec.template, target, autoscaler !== null, claims),
			...selectorProblems(users),
		],
		containerPorts: containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort)),
		...stopOf(users, target.container),
	};
};

const findInstead = async (api: KubernetesApi, target: WorkloadTarget): Promise<ClusterFacts["foundInstead"]> => {
	const is = async (resource: string): Promise<boolean> =>
		(await api.get(objectPath("apps/v1", target.namespace, resource, target.deployment))) !== null;
	if (await is("statefulsets")) return "StatefulSet";
	return (await is("daemonsets")) ? "DaemonSet" : null;
};

const readMissingConfigMaps = async (api: KubernetesApi, users: Deployment): Promise<readonly string[]> => {
	const missing: string[] = [];
	for (const [name, { isOptional }] of configMapsOf(users.spec.template))
		if (!isOptional && (await api.get(objectPath("v1", users.metadata.namespace, "configmaps", name))) === null)
			missing.push(name);
	return missing;
};

const readSlot = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	slot: SlotName,
	services: readonly Service[],
	bindings: readonly TargetGroupBinding[],
): Promise<{ readonly objects: SlotObjects; readonly taken: readonly TakenName[] }> => {
	const name = slotObjectName(target, slot);
	const isNamed = ({ metadata }: KubernetesObject): boolean => metadata.name === name;
	const service = services.find(isNamed);
	const binding = bindings.find(isNamed);
	const [deployment, autoscaler] = await Promise.all([
		api.get<Deployment>(objectPath("apps/v1", target.namespace, "deployments", name)),
		api.get<Autoscaler>(objectPath("autoscaling/v2", target.namespace, "horizontalpodautoscalers", name)),
	]);
	const objects = {
		hasService: service !== undefined && isMadeBySluice(service),
		hasBinding: binding !== undefined && isMadeBySluice(binding),
		hasDeployment: epochOf(deployment) !== null,
		hasAutoscaler: epochOf(autoscaler) !== null,
	};
	const taken = [
		...(service !== undefined && !objects.hasService ? [{ kind: "Service", name } as const] : []),
		...(binding !== undefined && !objects.hasBinding ? [{ kind: "TargetGroupBinding", name } as const] : []),
		...(deployment !== null && !objects.hasDeployment ? [{ kind: "Deployment", name } as const] : []),
		...(autoscaler !== null && !objects.hasAutoscaler ? [{ kind: "HorizontalPodAutoscaler", name } as const] : []),
	];
	return { objects, taken };
};

/** Target groups that bindings bring the pods of a Service to. */
const groupsFedBy = ({ metadata: { name } }: Service, bindings: readonly TargetGroupBinding[]): readonly string[] =>
	bindings.flatMap(({ spec: { serviceRef, targetGroupARN } }) =>
		serviceRef.name === name && targetGroupARN !== undefined ? [targetGroupARN] : [],
	);

const readInClusterService = async (
	api: KubernetesApi,
	target: WorkloadTarget,
	service: Service | undefined,
	users: Deployment | null,
	bindings: readonly TargetGroupBinding[],
): Promise<ClusterFacts["inClusterService"]> => {
	if (service?.spec.selector === undefined) return null;
	const slot = slotNames.find((name) => service.spec.selector?.[slotLabel] === name) ?? null;
	const feedsTargetGroups = groupsFedBy(service, bindings);
	const nothing = { selectsUsers: false, alsoSelects: [] };
	return { slot, feedsTargetGroups, ...(users === null ? nothing : await selectionOf(api, target, service, users)) };
};

/** Everything in the cluster that enrolment is decided by. Reads only. */
export const inspectCluster = async (api: KubernetesApi, target: WorkloadTarget): Promise<ClusterFacts> => {
	const { namespace, deployment, inClusterService } = target;
	const [users, autoscaler, services, offered, quotas] = await Promise.all([
		api.get<Deployment>(objectPath("apps/v1", namespace, "deployments", deployment)),
		usersAutoscaler(api, target),
		listAll<Service>(api, objectPath("v1", namespace, "services")),
		readBindings(api, namespace),
		listAll<ResourceQuota>(api, objectPath("v1", namespace, "resourcequotas")),
	]);
	const bindings = offered?.bindings ?? [];
	const all = services ?? [];
	const inCluster = all.find(({ metadata }) => metadata.name === inClusterService);
	const others = all.filter(
		(service) =>
			service.metadata.name !== inClusterService &&
			!isMadeBySluice(service) &&
			users !== null &&
			selectsSlotPods(service, users),
	);
	const [blue, green, pods, selected] = await Promise.all([
		readSlot(api, target, "blue", all, bindings),
		readSlot(api, target, "green", all, bindings),
		users === null ? [] : listPods(api, users),
		readInClusterService(api, target, inCluster, users, bindings),
	]);
	return {
		users: users === null ? null : await readUsers(api, target, users, autoscaler, pods),
		foundInstead: users === null ? await findInstead(api, target) : null,
		minReplicas: autoscaler === null ? defaultReplicas.min : (autoscaler.spec.minReplicas ?? 1),
		maxReplicas: autoscaler?.spec.maxReplicas ?? defaultReplicas.max,
		autoscaler: autoscaler?.metadata.name ?? null,
		inClusterService: selected,
		inClusterEpoch: epochOf(inCluster ?? null),
		otherServices: others.map((service) => ({
			name: service.metadata.name,
			feedsTargetGroups: groupsFedBy(service, bindings),
		})),
		quotas: users === null ? [] : quotaRooms(users, quotas ?? []),
		missingConfigMaps: users === null ? [] : await readMissingConfigMaps(api, users),
		bindingApiVersion: offered?.apiVersion ?? null,
		slots: { blue: blue.objects, green: green.objects },
		takenNames: [...blue.taken, ...green.taken],
		slotPodAddresses: addressesOf(
			pods,
			slotNames.map((slot) => slotObjectName(target, slot)),
		),
	};
};
