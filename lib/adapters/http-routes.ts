import type { GatewayRoute } from "../domain/service-definition.ts";
import { InvalidTrafficAccessError, TrafficUnavailableError } from "../ports/traffic-router.ts";
import { WorkloadsUnavailableError } from "../ports/workloads.ts";
import { InvalidClusterAccessError } from "./eks-cluster-access.ts";
import type { HttpRoute } from "./http-route.ts";
import { fenceOf } from "./http-route-fence.ts";
import {
	InvalidObjectError,
	type JsonPatchOperation,
	type KubernetesApi,
	ObjectConflictError,
	ObjectGoneConflictError,
	objectPath,
} from "./kubernetes-api.ts";

/** How often a write is tried anew after somebody else's came in between. */
const maxAttempts = 3;

/** HTTPRoutes of any cluster, with the errors of its API in the words of the port TrafficRouter. */
export interface HttpRoutes {
	/** Never from a cache; null where there is no such route. */
	get(route: GatewayRoute): Promise<HttpRoute | null>;
	/**
	 * Reads a route, asks what to write, and writes it behind a fence; again where somebody else was faster.
	 * @param decide - the operations, or null where nothing is to be written. What it throws ends the change.
	 */
	change(route: GatewayRoute, decide: (live: HttpRoute | null) => readonly JsonPatchOperation[] | null): Promise<void>;
}

const pathOf = ({ namespace, httpRoute }: GatewayRoute): string =>
	objectPath("gateway.networking.k8s.io/v1", namespace, "httproutes", httpRoute);

/** Refusals that tell of others' writes, or of a failed `test`: only the next look can say which. */
const isOvertaken = (error: unknown): boolean =>
	error instanceof InvalidObjectError ||
	error instanceof ObjectConflictError ||
	error instanceof ObjectGoneConflictError;

/** A patch that was not applied, and the version of the route that it was made for. */
interface Refused {
	readonly error: unknown;
	readonly resourceVersion: string | undefined;
}

const inWordsOfThePort = (error: unknown): unknown => {
	if (error instanceof WorkloadsUnavailableError) return new TrafficUnavailableError(error.message, { cause: error });
	if (error instanceof InvalidClusterAccessError || error instanceof InvalidObjectError)
		return new InvalidTrafficAccessError(error.message, { cause: error });
	return error;
};

/** Routes through the API of their cluster. */
export const httpRoutes = (apiOf: (clusterName: string) => KubernetesApi): HttpRoutes => {
	const get = async (route: GatewayRoute): Promise<HttpRoute | null> => {
		try {
			return await apiOf(route.clusterName).get<HttpRoute>(pathOf(route));
		} catch (error) {
			throw inWordsOfThePort(error);
		}
	};
	const patch = async (route: GatewayRoute, operations: readonly JsonPatchOperation[]): Promise<unknown> => {
		try {
			await apiOf(route.clusterName).jsonPatch(pathOf(route), operations);
			return null;
		} catch (error) {
			if (isOvertaken(error)) return error;
			throw inWordsOfThePort(error);
		}
	};
	return {
		get,
		change: async (route, decide) => {
			let refused: Refused | undefined;
			for (let attempt = 1; attempt <= maxAttempts; attempt++) {
				const live = await get(route);
				const operations = decide(live);
				if (live === null || operations === null) return;
				const { resourceVersion } = live.metadata;
				// Nobody has written in between, so it was not a test that failed: the cluster does not want this object.
				if (refused !== undefined && refused.resourceVersion === resourceVersion) throw inWordsOfThePort(refused.error);
				const error = await patch(route, [fenceOf(live), ...operations]);
				if (error === null) return;
				refused = { error, resourceVersion };
			}
			throw new TrafficUnavailableError(`${pathOf(route)} is written by others at this moment.`, {
				cause: refused?.error,
			});
		},
	};
};
