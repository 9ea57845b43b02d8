import { InvalidError } from "../../lib/ports/errors.ts";
import { WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import type { Caller } from "../kernel/caller.ts";
import { isRefusal, Refusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";

/** As the adapter's error of this name: the role may not use the cluster. */
export class InvalidClusterAccessError extends InvalidError {
	override readonly name = "InvalidClusterAccessError";
}

/** Sends one request to a cluster's API; the effect is what the API does. */
export type KubernetesCall = <T>(
	clusterName: string,
	verb: "get" | "list" | "create" | "patch" | "delete",
	resource:
		| "deployments"
		| "horizontalpodautoscalers"
		| "services"
		| "configmaps"
		| "targetgroupbindings"
		| "resourcequotas"
		| "pods"
		| "endpointslices"
		| "httproutes",
	effect: () => T,
) => Promise<T>;

const failed = (operation: string, error: unknown): unknown => {
	if (isRefusal(error, "AccessDenied")) {
		return new InvalidClusterAccessError(`${operation} was denied: ${error.message}`, { cause: error });
	}
	// Conflict, Invalid and NotFound are answers that each method explains itself.
	if (error instanceof Refusal) return error;
	const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	return new WorkloadsUnavailableError(`${operation} failed with ${reason}`, { cause: error });
};

/**
 * Requests to clusters' APIs. Before the first to a cluster its endpoint is asked for with eks:DescribeCluster, once per
 * sandbox; a failure is forgotten. Throws WorkloadsUnavailableError, InvalidClusterAccessError and the world's refusals.
 */
export const kubernetesCalls = ({ arns }: Pick<World, "arns">, caller: Caller): KubernetesCall => {
	const places = new Map<string, Promise<void>>();

	const describe = (clusterName: string): Promise<void> => {
		const known = places.get(clusterName);
		if (known !== undefined) return known;
		const asked = caller.call({ operation: "eks:DescribeCluster", resource: arns.cluster(clusterName) }, () => {});
		places.set(clusterName, asked);
		asked.catch(() => places.delete(clusterName));
		return asked;
	};

	return async (clusterName, verb, resource, effect) => {
		let operation = "eks:DescribeCluster";
		try {
			await describe(clusterName);
			operation = `kubernetes:${verb}:${resource}`;
			return await caller.call({ operation, resource: arns.cluster(clusterName) }, effect);
		} catch (error) {
			throw failed(operation, error);
		}
	};
};
