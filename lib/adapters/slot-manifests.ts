import type { WorkloadTarget } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import { epochAnnotation } from "./epoch-fence.ts";
import type { JsonPatchOperation } from "./kubernetes-api.ts";
import type { Autoscaler, Deployment, ObjectMetadata } from "./kubernetes-objects.ts";

/** Label that tells the pods of the two slots apart; part of each slot's selector (D3a). */
export const slotLabel = "sluice.dev/slot";

/** What is to run in which slot, and by which right. */
export interface SlotPlan {
	readonly target: WorkloadTarget;
	readonly slot: SlotName;
	readonly imageDigest: string;
	readonly epoch: number;
	/** Hash of the content that the slot is made of; absent where that is the user's Deployment as it is now. */
	readonly contentHash?: string;
}

/** What a slot's Deployment takes over of the user's, whatever its image, slot and epoch. */
export interface SlotContent {
	readonly labels: Labels;
	readonly spec: Omit<Deployment["spec"], "replicas">;
}

type Labels = Readonly<Record<string, string>>;

/** Name of a slot's Deployment and autoscaler. */
export const slotObjectName = (target: WorkloadTarget, slot: SlotName): string => `${target.deployment}-${slot}`;

/** The reference that a slot's container runs: by digest, since tags move. */
const slotImage = ({ target, imageDigest }: Pick<SlotPlan, "target" | "imageDigest">): string =>
	`${target.repositoryUri}@${imageDigest}`;

/** All that is taken over of the Deployment's own labels; `app.kubernetes.io/instance` tracks for Argo CD and Helm. */
const allowedLabels = ["app", "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/part-of"];

/** Written by tools that track, prune or restart by them; a copy of one would be pruned or fought over (D2). */
const trackingAnnotations = [
	/^([a-z0-9-]+\.)*argoproj\.io\//,
	/^([a-z0-9-]+\.)*fluxcd\.io\//,
	/^([a-z0-9-]+\.)*helm\.sh\//,
	/^kubectl\.kubernetes\.io\/(last-applied-configuration|restartedAt)$/,
	/^deployment\.kubernetes\.io\//,
];

const picked = (labels: Labels, isWanted: (name: string) => boolean): Record<string, string> =>
	Object.fromEntries(Object.entries(labels).filter(([name]) => isWanted(name)));

/** Annotation of a slot's Deployment: the hash of the content that it was made of. */
export const contentAnnotation = "sluice.dev/content";

const contentPath = `/metadata/annotations/${contentAnnotation.replaceAll("/", "~1")}`;

const slotMetadata = (plan: SlotPlan, userLabels: Labels = {}): ObjectMetadata => ({
	name: slotObjectName(plan.target, plan.slot),
	namespace: plan.target.namespace,
	labels: {
		...userLabels,
		"app.kubernetes.io/managed-by": "sluice",
		[slotLabel]: plan.slot,
	},
	annotations: { [epochAnnotation]: String(plan.epoch) },
});

/** Copied where the user's Deployment has them. Not `replicas`, which scales, nor `paused`, which would never settle. */
const copiedFields = ["strategy", "minReadySeconds", "progressDeadlineSeconds", "revisionHistoryLimit"] as const;

/** Of the user's Deployment spec only, and of metadata an allow-list (D2). The image of the managed container is a release's. */
export const slotContent = (
	{ metadata, spec }: Deployment,
	target: Pick<WorkloadTarget, "container">,
): SlotContent => ({
	labels: picked(metadata.labels ?? {}, (name) => allowedLabels.includes(name)),
	spec: {
		...Object.fromEntries(
			copiedFields.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]]),
		),
		selector: spec.selector,
		template: {
			metadata: {
				labels: picked(spec.template.metadata?.labels ?? {}, (name) => name !== "pod-template-hash"),
				annotations: picked(
					spec.template.metadata?.annotations ?? {},
					(name) => !trackingAnnotations.some((pattern) => pattern.test(name)),
				),
			},
			spec: {
				...spec.template.spec,
				containers: spec.template.spec.containers.map((container) =>
					container.name === target.container ? { ...container, image: "" } : container,
				),
			},
		},
	},
});

/** The slot's Deployment: content, and what is the slot's own. */
export const slotDeployment = ({ labels, spec }: SlotContent, plan: SlotPlan): Deployment => {
	const { template, selector } = spec;
	const metadata = slotMetadata(plan, labels);
	const content = plan.contentHash === undefined ? {} : { [contentAnnotation]: plan.contentHash };
	return {
		apiVersion: "apps/v1",
		kind: "Deployment",
		metadata: { ...metadata, annotations: { ...metadata.annotations, ...content } },
		spec: {
			...spec,
			selector: { ...selector, matchLabels: { ...selector.matchLabels, [slotLabel]: plan.slot } },
			template: {
				metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [slotLabel]: plan.slot } },
				spec: {
					...template.spec,
					containers: template.spec.containers.map((container) =>
						container.name === plan.target.container ? { ...container, image: slotImage(plan) } : container,
					),
				},
			},
		},
	};
};

/** The user's bounds where no autoscaler of the user's exists: two pods survive one node, 100 is out of most ways. */
export const defaultReplicas = { min: 2, max: 100 } as const;

const utilization = (name: "cpu" | "memory", averageUtilization: number) => ({
	type: "Resource",
	resource: { name, target: { type: "Utilization", averageUtilization } },
});

/** For want of the user's own (D5): up after 3 min of want, down after 5 min without it. */
const defaultScaling = {
	metrics: [utilization("cpu", 70), utilization("memory", 80)],
	behavior: { scaleUp: { stabilizationWindowSeconds: 180 }, scaleDown: { stabilizationWindowSeconds: 300 } },
};

/** The slot's autoscaler: the user's own pointed at the slot, or the default. A fresh slot starts from one pod. */
export const slotAutoscaler = (users: Autoscaler | null, plan: SlotPlan): Autoscaler => {
	const { metrics, behavior } = users?.spec ?? defaultScaling;
	return {
		apiVersion: "autoscaling/v2",
		kind: "HorizontalPodAutoscaler",
		metadata: slotMetadata(plan),
		spec: {
			scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: slotObjectName(plan.target, plan.slot) },
			minReplicas: 1,
			maxReplicas: users?.spec.maxReplicas ?? defaultReplicas.max,
			...(metrics !== undefined && { metrics }),
			...(behavior !== undefined && { behavior }),
		},
	};
};

const replaced = <T extends object>(live: T, wanted: T, fields: readonly (keyof T & string)[]): JsonPatchOperation[] =>
	fields.flatMap((field): JsonPatchOperation[] => {
		const path = `/spec/${field}`;
		// `add` replaces a member that is there already (RFC 6902, 4.1).
		if (wanted[field] !== undefined) return [{ op: "add", path, value: wanted[field] }];
		return live[field] === undefined ? [] : [{ op: "remove", path }];
	});

/** Follows the operations that leave an epoch, so there are annotations. */
const contentMark = (live: Deployment, wanted: Deployment): JsonPatchOperation[] => {
	const value = wanted.metadata.annotations?.[contentAnnotation];
	if (value !== undefined) return [{ op: "add", path: contentPath, value }];
	return live.metadata.annotations?.[contentAnnotation] === undefined ? [] : [{ op: "remove", path: contentPath }];
};

/**
 * What makes a slot's Deployment of another one: whole fields, so that nothing of an earlier release stays behind.
 * A slot at rest gets its first pod in the same patch, under the same fence; any other number is the autoscaler's.
 */
export const deploymentChanges = (live: Deployment, wanted: Deployment): readonly JsonPatchOperation[] => [
	...replaced(live.spec, wanted.spec, [...copiedFields, "template"]),
	...contentMark(live, wanted),
	...(live.spec.replicas === 0 ? [{ op: "replace", path: "/spec/replicas", value: 1 } as const] : []),
];

/** What makes a slot's autoscaler of another one; bounds that were held for an earlier release go. */
export const autoscalerChanges = (live: Autoscaler, wanted: Autoscaler): readonly JsonPatchOperation[] =>
	replaced(live.spec, wanted.spec, ["minReplicas", "maxReplicas", "metrics", "behavior"]);
