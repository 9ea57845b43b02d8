import { kubernetesApi } from "../../../lib/adapters/kubernetes-api.ts";
import type { Autoscaler, Deployment, Service } from "../../../lib/adapters/kubernetes-objects.ts";
import { kubernetesWorkloads } from "../../../lib/adapters/kubernetes-workloads.ts";
import type { WorkloadTarget } from "../../../lib/domain/service-definition.ts";
import type { SlotName } from "../../../lib/domain/slot.ts";
import type { Workloads } from "../../../lib/ports/workloads.ts";
import { type KubernetesServer, startKubernetesServer } from "./kubernetes-server.ts";

/** The workload that the tests of this adapter are about. */
export const checkout: WorkloadTarget = {
	clusterName: "shop",
	namespace: "shop",
	deployment: "checkout",
	container: "app",
	repositoryUri: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/checkout",
	inClusterService: "checkout",
	port: 8080,
};

/** Path of an object of the namespace that the tests are in. */
export const pathOf = {
	deployment: (name: string) => `/apis/apps/v1/namespaces/shop/deployments/${name}`,
	autoscaler: (name: string) => `/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/${name}`,
	service: (name: string) => `/api/v1/namespaces/shop/services/${name}`,
	configMap: (name: string) => `/api/v1/namespaces/shop/configmaps/${name}`,
	claim: (name: string) => `/api/v1/namespaces/shop/persistentvolumeclaims/${name}`,
};

/** A user's Deployment as an API server answers it: left at zero replicas, tracked by Argo CD, Helm and kubectl. */
export const usersDeployment = (): Deployment => ({
	apiVersion: "apps/v1",
	kind: "Deployment",
	metadata: {
		name: "checkout",
		namespace: "shop",
		labels: { app: "checkout", "app.kubernetes.io/instance": "shop-production", "helm.sh/chart": "checkout-1.2.3" },
		annotations: {
			"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/checkout",
			"deployment.kubernetes.io/revision": "7",
			"kubectl.kubernetes.io/last-applied-configuration": "{}",
		},
	},
	spec: {
		replicas: 0,
		progressDeadlineSeconds: 900,
		selector: { matchLabels: { app: "checkout" } },
		strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
		template: {
			metadata: {
				labels: { app: "checkout", team: "payments" },
				annotations: { "prometheus.io/scrape": "true", "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z" },
			},
			spec: {
				containers: [
					{
						name: "app",
						image: "checkout:latest",
						ports: [{ containerPort: 8080 }],
						resources: { requests: { cpu: "250m", memory: "256Mi" } },
					},
					{ name: "proxy", image: "proxy:1", resources: { limits: { cpu: "100m", memory: "64Mi" } } },
				],
			},
		},
	},
});

/** An autoscaler that scales a Deployment of the tests' namespace. */
export const autoscalerOf = (deployment: string, name: string): Autoscaler => ({
	apiVersion: "autoscaling/v2",
	kind: "HorizontalPodAutoscaler",
	metadata: { name, namespace: "shop", labels: { "app.kubernetes.io/instance": "shop-production" } },
	spec: {
		scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
		minReplicas: 3,
		maxReplicas: 12,
		metrics: [
			{ type: "Pods", pods: { metric: { name: "rps" }, target: { type: "AverageValue", averageValue: "50" } } },
		],
	},
});

const usersService = (): Service => ({
	apiVersion: "v1",
	kind: "Service",
	metadata: { name: "checkout", namespace: "shop" },
	spec: { selector: { app: "checkout" } },
});

/** A ready pod of a Deployment, as its ReplicaSet makes it. */
export const podOf = (deployment: string, labels: object, podIP = "10.0.0.1") => ({
	metadata: {
		name: `${deployment}-5d8f-abcde`,
		namespace: "shop",
		labels: { ...labels, "pod-template-hash": "5d8f" },
		ownerReferences: [{ kind: "ReplicaSet", name: `${deployment}-5d8f`, controller: true }],
	},
	status: { phase: "Running", podIP, podIPs: [{ ip: podIP }, { ip: "2001:db8::1" }] },
});

/** A server with the user's objects in it, the adapter that speaks to it, and the controllers' work done by hand. */
export interface KubernetesWorld {
	readonly server: KubernetesServer;
	readonly workloads: Workloads;
	want(slot: SlotName, replicas: number): void;
	settle(slot: SlotName): void;
}

/** Starts a world. The user's autoscaler stands behind others, so that it is found on a second page only. */
export const startKubernetesWorld = async (timeoutMs = 2_000): Promise<KubernetesWorld> => {
	const server = await startKubernetesServer();
	server.put(pathOf.deployment("checkout"), usersDeployment());
	for (const name of ["basket", "search"]) server.put(pathOf.autoscaler(name), autoscalerOf(name, name));
	server.put(pathOf.autoscaler("scale-checkout"), autoscalerOf("checkout", "scale-checkout"));
	server.put(pathOf.service("checkout"), usersService());

	const update = <T extends Deployment | Autoscaler>(path: string, change: (live: T) => T): void => {
		const live = server.stored<T>(path);
		if (live !== undefined) server.put(path, change(live));
	};
	return {
		server,
		workloads: kubernetesWorkloads(kubernetesApi(async () => server.access, server.transport, timeoutMs)),
		want: (slot, replicas) =>
			update<Autoscaler>(pathOf.autoscaler(`checkout-${slot}`), (live) => ({
				...live,
				status: { desiredReplicas: replicas },
			})),
		settle: (slot) => {
			const autoscaler = server.stored<Autoscaler>(pathOf.autoscaler(`checkout-${slot}`));
			const { minReplicas = 1, maxReplicas = 1 } = autoscaler?.spec ?? {};
			const path = pathOf.deployment(`checkout-${slot}`);
			update<Deployment>(path, (live) => {
				const wanted = Math.max(live.spec.replicas ?? 1, autoscaler?.status?.desiredReplicas ?? 0);
				const replicas = live.spec.replicas === 0 ? 0 : Math.min(Math.max(wanted, minReplicas), maxReplicas);
				return { ...live, spec: { ...live.spec, replicas } };
			});
			update<Deployment>(path, (live) => {
				const { replicas = 0 } = live.spec;
				const { generation = 0 } = live.metadata;
				const status = { replicas, updatedReplicas: replicas, readyReplicas: replicas };
				return { ...live, status: { observedGeneration: generation, ...status } };
			});
		},
	};
};
