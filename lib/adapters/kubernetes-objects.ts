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
	/** RFC 3339. */
	readonly creationTimestamp?: string;
}

export interface KubernetesObject {
	readonly apiVersion?: string;
	readonly kind?: string;
	readonly metadata: ObjectMetadata;
}

type Quantities = Readonly<Record<string, string>>;

/** A reference to a ConfigMap by name; pods start without it where it is optional. */
export interface ConfigMapReference {
	/** Absent means that nothing is referred to, for the sake of older API servers. */
	readonly name?: string;
	readonly optional?: boolean;
}

/** A volume that may take its files from ConfigMaps. */
export interface Volume {
	readonly name: string;
	readonly persistentVolumeClaim?: { readonly claimName: string };
	readonly configMap?: ConfigMapReference;
	readonly projected?: { readonly sources?: readonly { readonly configMap?: ConfigMapReference }[] };
}

/** A container of a pod template. */
export interface Container {
	readonly name: string;
	readonly image: string;
	readonly ports?: readonly { readonly containerPort: number; readonly hostPort?: number }[];
	readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
	readonly env?: readonly {
		readonly name: string;
		readonly valueFrom?: { readonly configMapKeyRef?: ConfigMapReference };
	}[];
	readonly envFrom?: readonly { readonly configMapRef?: ConfigMapReference }[];
	/** `Always` makes a sidecar of an init container. */
	readonly restartPolicy?: string;
}

export interface PodTemplate {
	readonly metadata?: Pick<ObjectMetadata, "labels" | "annotations">;
	readonly spec: {
		readonly containers: readonly Container[];
		readonly initContainers?: readonly Container[];
		readonly volumes?: readonly Volume[];
	};
}

/** apps/v1 Deployment. */
export interface Deployment extends KubernetesObject {
	readonly spec: {
		readonly replicas?: number;
		readonly selector: {
			readonly matchLabels?: Readonly<Record<string, string>>;
			readonly matchExpressions?: readonly {
				readonly key: string;
				readonly operator: string;
				readonly values?: readonly string[];
			}[];
		};
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
	readonly status?: {
		readonly desiredReplicas?: number;
		readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
	};
}

/** v1 Service. */
export interface Service extends KubernetesObject {
	readonly spec: { readonly selector?: Readonly<Record<string, string>> };
}

/** v1 ConfigMap. */
export interface ConfigMap extends KubernetesObject {
	readonly data?: Readonly<Record<string, string>>;
	/** Base64. */
	readonly binaryData?: Readonly<Record<string, string>>;
	/** Where true, data cannot be changed; metadata can. */
	readonly immutable?: boolean;
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
