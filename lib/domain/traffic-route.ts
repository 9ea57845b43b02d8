import type { LoadBalancerRoute, ServiceDefinition } from "./service-definition.ts";

/** What is asked of a service cannot be had through its kind of router. Never worth a retry. */
export class InvalidRouteError extends Error {
	override readonly name = "InvalidRouteError";
}

/** The route of a service that a load balancer is in front of. @throws InvalidRouteError for every other. */
export const loadBalancerRouteOf = ({
	service,
	route,
}: Pick<ServiceDefinition, "service" | "route">): LoadBalancerRoute => {
	if (route.kind !== "gateway-api") return route;
	throw new InvalidRouteError(
		`Service "${service}" is routed by the Gateway API: no load balancer knows it; allowed is one behind a listener.`,
	);
};
