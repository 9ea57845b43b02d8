import { onTestFinished } from "vitest";
import { gatewayTrafficRouter } from "../../../lib/adapters/gateway-traffic-router.ts";
import type { HttpRoute } from "../../../lib/adapters/http-route.ts";
import { backend, startGatewayWorld } from "./gateway-world.ts";

/** A user's HTTPRoute on a server, changed by hand as a test says, and the router of environment "production". */
export const givenRoute = async (change: (live: HttpRoute) => HttpRoute = (live) => live) => {
	const world = await startGatewayWorld();
	onTestFinished(() => world.server.close());
	world.edit(change);
	const { server } = world;
	return {
		...world,
		router: gatewayTrafficRouter(world.apiOf, "production"),
		annotations: () => world.stored().metadata.annotations ?? {},
		backends: () => world.stored().spec.rules?.[1]?.backendRefs,
		methods: () => server.requests.map(({ method }) => method),
		patches: () => server.requests.filter(({ method }) => method === "PATCH").map(({ body }) => body),
	};
};

/** Other rules. */
export const withRules = (rules: HttpRoute["spec"]["rules"]) => (live: HttpRoute) =>
	({ ...live, spec: { rules } }) as HttpRoute;

/** A rule that forwards to neither slot. */
export const elsewhere = withRules([{ backendRefs: [backend("maintenance")] }]);

/** Other annotations. */
export const annotate =
	(annotations: Readonly<Record<string, string>>) =>
	(live: HttpRoute): HttpRoute => ({ ...live, metadata: { ...live.metadata, annotations } });

/** A controller that does not say which generation it has judged. */
export const silent = (live: HttpRoute): HttpRoute => ({
	...live,
	status: { parents: [{ conditions: [{ type: "Accepted", status: "True" }] }] },
});
