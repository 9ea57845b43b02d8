/**
 * The fields of Kubernetes objects that Sluice reads or writes. Objects come with many more,
 * which copies keep: a pod template is carried over whole, whatever this release of Kubernetes puts in it.
 */
export interface ObjectMetadata {
	readonly name: string;
	readonly namespace: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly resourceVersion?: string;
	readonly generation?: number;
}

export interface KubernetesObject {
	readonly apiVersion?: string;
	readonly kind?: string;
	readonly metadata: ObjectMetadata;
}

type Quantities = Readonly<Record<string, string>>;

/** A container of a pod template. */
export interface Container {
	readonly name: string;
	readonly image: string;
	readonly ports?: readonly { readonly containerPort: number; readonly hostPort?: number }[];
	readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
	/** `Always` makes a sidecar of an init container. */
	readonly restartPolicy?: string;
}

export interface PodTemplate {
	readonly metadata?: Pick<ObjectMetadata, "labels" | "annotations">;
	readonly spec: {
		readonly containers: readonly Container[];
		readonly initContainers?: readonly Container[];
		readonly volumes?: readonly {
			readonly name: string;
			readonly persistentVolumeClaim?: { readonly claimName: string };
		}[];
	};
}

/** apps/v1 Deployment. */
export interface Deployment extends KubernetesObject {
	readonly spec: {
		readonly replicas?: number;
		readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
		readonly template: PodTemplate;
		readonly strategy?: object;
		readonly minReadySeconds?: number;
		readonly progressDeadlineSeconds?: number;
		readonly revisionHistoryLimit?: number;
	};
	readonly status?: {
		readonly observedGeneration?: number;
		readonly replicas?: number;
		readonly updatedReplicas?: number;
		readonly readyReplicas?: number;
	};
}

/** autoscaling/v2 HorizontalPodAutoscaler. */
export interface Autoscaler extends KubernetesObject {
	readonly spec: {
		readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
		readonly minReplicas?: number;
		readonly maxReplicas: number;
		readonly metrics?: readonly object[];
		readonly behavior?: object;
	};
	readonly status?: { readonly desiredReplicas?: number };
}

/** v1 Service. */
export interface Service extends KubernetesObject {
	readonly spec: { readonly selector?: Readonly<Record<string, string>> };
}

/** v1 PersistentVolumeClaim. */
export interface VolumeClaim extends KubernetesObject {
	readonly spec: { readonly accessModes?: readonly string[] };
}

/** One page of a collection. */
export interface ObjectList<T> {
	readonly items: readonly T[];
	readonly metadata?: { readonly continue?: string };
}
