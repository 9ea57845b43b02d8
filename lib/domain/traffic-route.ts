import type { LoadBalancerRoute, Preview, ServiceDefinition, TrafficRoute } from "./service-definition.ts";

/** What is asked of a service cannot be had through its kind of router. Never worth a retry. */
export class InvalidRouteError extends Error {
	override readonly name = "InvalidRouteError";
}

/** Priority of the rule for testers, one before the trial rule; null where there are none. */
export const previewPriorityOf = ({ basePriority, preview }: LoadBalancerRoute): number | null =>
	preview === undefined ? null : basePriority - 2;

/** Who meets a new version before its users do; null where nobody does. */
export const previewOf = (route: TrafficRoute): Preview | null =>
	route.kind === "gateway-api" ? null : (route.preview ?? null);

/** The same route without testers. */
export const withoutPreview = (route: TrafficRoute): TrafficRoute => {
	if (route.kind === "gateway-api") return route;
	const { preview: _testers, ...rest } = route;
	return rest;
};

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
