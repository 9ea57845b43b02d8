import type { HttpRoute } from "../../../lib/adapters/http-route.ts";
import { kubernetesApi } from "../../../lib/adapters/kubernetes-api.ts";
import type { KubernetesObject } from "../../../lib/adapters/kubernetes-objects.ts";
import { gatewayRoute } from "../../contracts/contract-definition.ts";
import { type KubernetesServer, startKubernetesServer } from "./kubernetes-server.ts";

export const routePath = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes/checkout";

/** A backend of a rule as users write it. */
export const backend = (name: string, weight?: number) => ({
	name,
	port: 8080,
	...(weight !== undefined && { weight }),
});

/** A user's HTTPRoute as an API server answers it: one rule for pages, one for the two slots, all of it in blue. */
export const usersRoute = (): HttpRoute => ({
	apiVersion: "gateway.networking.k8s.io/v1",
	kind: "HTTPRoute",
	metadata: { name: "checkout", namespace: "shop" },
	spec: {
		rules: [
			{ backendRefs: [backend("pages")] },
			{ backendRefs: [backend("checkout-blue", 1), backend("checkout-green", 0)] },
		],
	},
	status: { parents: [{ conditions: [{ type: "Accepted", status: "True", observedGeneration: 1 }] }] },
});

/** A server with the user's HTTPRoute in it, the API that speaks to it, and hands that change it. */
export interface GatewayWorld {
	readonly server: KubernetesServer;
	readonly route: ReturnType<typeof gatewayRoute>;
	readonly apiOf: ReturnType<typeof kubernetesApi>;
	stored(): HttpRoute;
	/** Changes the route as somebody else would, and leaves the controller's account of it as it is. */
	edit(change: (live: HttpRoute) => HttpRoute): void;
	/** The controller looks at the route as it is. */
	observe(): void;
	/** Puts an object without a path of its own, as EndpointSlices are. */
	put(path: string, object: KubernetesObject): void;
}

/** Starts a world; the server is to be closed by the test. */
export const startGatewayWorld = async (timeoutMs = 2_000): Promise<GatewayWorld> => {
	const server = await startKubernetesServer();
	server.put(routePath, usersRoute());
	const stored = (): HttpRoute => {
		const found = server.stored<HttpRoute>(routePath);
		if (found === undefined) throw new RangeError("The route is gone.");
		return found;
	};
	const edit = (change: (live: HttpRoute) => HttpRoute): void => server.put(routePath, change(stored()));
	return {
		server,
		route: gatewayRoute(),
		apiOf: kubernetesApi(async () => server.access, server.transport, timeoutMs),
		stored,
		edit,
		observe: () =>
			edit((live) => {
				const { generation = 0 } = live.metadata;
				const accepted = { type: "Accepted", status: "True", observedGeneration: generation };
				return { ...live, status: { parents: [{ conditions: [accepted] }] } };
			}),
		put: (path, object) => server.put(path, object),
	};
};
