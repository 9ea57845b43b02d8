import type { GatewayRoute } from "../domain/service-definition.ts";
import { InvalidError } from "../ports/errors.ts";
import { type TargetHealth, TargetHealthUnavailableError } from "../ports/target-health.ts";
import { type KubernetesApi, objectPath } from "./kubernetes-api.ts";
import type { ObjectList } from "./kubernetes-objects.ts";

/** discovery.k8s.io/v1 EndpointSlice, as far as Sluice reads it. */
interface EndpointSlice {
	readonly endpoints?: readonly {
		readonly addresses: readonly string[];
		/** Nothing said means ready. */
		readonly conditions?: { readonly ready?: boolean };
		readonly targetRef?: { readonly name?: string };
	}[];
}

/** A hundred endpoints fit into one slice, so this is far more than an autoscaler of Sluice's allows. */
const maxPages = 20;

/**
 * Health of the endpoints of a slot's Service, by EndpointSlices: what gateways and meshes are told to send requests to.
 * A pod with addresses of two families is in two slices and is counted once. A slice does not say why an endpoint is
 * not ready, so none counts as failing: pods that are lost show by their number.
 */
export const gatewayTargetHealth = (apiOf: (clusterName: string) => KubernetesApi): TargetHealth<GatewayRoute> => ({
	count: async ({ clusterName, namespace, slotServices }, slot) => {
		const selector = encodeURIComponent(`kubernetes.io/service-name=${slotServices[slot]}`);
		const collection = objectPath("discovery.k8s.io/v1", namespace, "endpointslices");
		const readiness = new Map<string, boolean>();
		let after = "";
		for (let page = 0; page < maxPages; page++) {
			const path = `${collection}?labelSelector=${selector}&limit=100&continue=${encodeURIComponent(after)}`;
			const list = await listed(apiOf(clusterName), path);
			for (const { addresses, conditions, targetRef } of list?.items.flatMap(({ endpoints = [] }) => endpoints) ?? [])
				readiness.set(targetRef?.name ?? addresses.join(), conditions?.ready !== false);
			after = list?.metadata?.continue ?? "";
			if (after === "") break;
		}
		const healthy = [...readiness.values()].filter((isReady) => isReady).length;
		return { healthy, unhealthy: readiness.size - healthy, failing: 0, unused: 0 };
	},
});

const listed = async (api: KubernetesApi, path: string): Promise<ObjectList<EndpointSlice> | null> => {
	try {
		return await api.get<ObjectList<EndpointSlice>>(path);
	} catch (error) {
		if (error instanceof InvalidError || !(error instanceof Error)) throw error;
		throw new TargetHealthUnavailableError(error.message, { cause: error });
	}
};
