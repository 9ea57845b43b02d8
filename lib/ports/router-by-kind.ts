import { parseGatewayTrial } from "../domain/gateway-trial.ts";
import type { GatewayRoute, LoadBalancerRoute } from "../domain/service-definition.ts";
import type { TargetHealth } from "./target-health.ts";
import type { TrafficRouter } from "./traffic-router.ts";

/** One router for routes of both kinds: each goes to the router of its kind, each trial to the one that named it. */
export const routerByKind = (
	loadBalancer: TrafficRouter<LoadBalancerRoute>,
	gateway: TrafficRouter<GatewayRoute>,
): TrafficRouter => ({
	open: (route, ...rest) =>
		route.kind === "gateway-api" ? gateway.open(route, ...rest) : loadBalancer.open(route, ...rest),
	shift: (route, ...rest) =>
		route.kind === "gateway-api" ? gateway.shift(route, ...rest) : loadBalancer.shift(route, ...rest),
	read: (route) => (route.kind === "gateway-api" ? gateway.read(route) : loadBalancer.read(route)),
	abandon: (trial) => {
		if (typeof trial === "string")
			return parseGatewayTrial(trial) === null ? loadBalancer.abandon(trial) : gateway.abandon(trial);
		return trial.kind === "gateway-api" ? gateway.abandon(trial) : loadBalancer.abandon(trial);
	},
	adopt: (route, slot) => (route.kind === "gateway-api" ? gateway.adopt(route, slot) : loadBalancer.adopt(route, slot)),
});

/** The same for the health of targets. */
export const targetHealthByKind = (
	loadBalancer: TargetHealth<LoadBalancerRoute>,
	gateway: TargetHealth<GatewayRoute>,
): TargetHealth => ({
	count: (route, slot) => (route.kind === "gateway-api" ? gateway.count(route, slot) : loadBalancer.count(route, slot)),
});
