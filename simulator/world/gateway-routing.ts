import { gatewayTrialName } from "../../lib/domain/gateway-trial.ts";
import type { GatewayRoute } from "../../lib/domain/service-definition.ts";
import { type SlotName, type SlotWeights, weightsFor } from "../../lib/domain/slot.ts";
import type { BackendWeights } from "./http-routes.ts";
import type { Routing, RoutingTrial } from "./routing.ts";
import type { World } from "./world.ts";

/** Requests follow a route within three seconds; the rest is for what was on its way. */
const followsWithinMs = 3_500;

/** Names an HTTPRoute among those of all clusters. */
export const routeKey = ({ clusterName, namespace, httpRoute }: GatewayRoute): string =>
	`${clusterName}/${namespace}/${httpRoute}`;

/** Names the endpoints of a slot's Service, which stand where a load balancer has a target group. */
export const endpointsKey = ({ clusterName, namespace, slotServices }: GatewayRoute, slot: SlotName): string =>
	`${clusterName}/${namespace}/endpoints/${slotServices[slot]}`;

/** A rule that gives the slots these weights. */
export const backendsOf = ({ slotServices }: GatewayRoute, { blue, green }: SlotWeights): BackendWeights => ({
	[slotServices.blue]: blue,
	[slotServices.green]: green,
});

/** A service whose HTTPRoute is weighed: base and trial are two readings of one rule. */
export const gatewayRouting = (
	{ httpRoutes, targetGroups }: Pick<World, "httpRoutes" | "targetGroups">,
	route: GatewayRoute,
): Routing => {
	const key = routeKey(route);
	const weights = (): SlotWeights | null => {
		const object = httpRoutes.get(key);
		const { blue, green } = route.slotServices;
		return object && { blue: object.backends[blue] ?? 0, green: object.backends[green] ?? 0 };
	};
	const trial = (): RoutingTrial | null => {
		const object = httpRoutes.get(key);
		if (object === null || object.rolloutId === null) return null;
		const name = gatewayTrialName({ route, epoch: object.epoch ?? 0 });
		return { name, rolloutId: object.rolloutId, weights: weights() ?? { blue: 0, green: 0 } };
	};
	return {
		configuredPercent: (slot) => {
			const total = Object.values(httpRoutes.get(key)?.backends ?? {}).reduce((sum, weight) => sum + weight, 0);
			return total === 0 ? 0 : (100 * (weights()?.[slot] ?? 0)) / total;
		},
		base: () => {
			const baseSlot = httpRoutes.get(key)?.baseSlot ?? null;
			return trial() === null || baseSlot === null ? weights() : weightsFor(baseSlot, 0);
		},
		trial,
		preview: () => null,
		testersPercent: () => 0,
		isOpen: (trialName) => trial()?.name === trialName,
		healthyTargets: (slot) =>
			targetGroups.states(endpointsKey(route, slot)).filter((state) => state === "healthy").length,
		weigh: (what, wanted) => {
			const isOpen = trial() !== null;
			if (what === "trial" && !isOpen) return;
			// What a trial falls back to is written beside its weights.
			if (what === "base" && isOpen) httpRoutes.edit(key, { baseSlot: wanted.blue > wanted.green ? "blue" : "green" });
			else httpRoutes.edit(key, { backends: backendsOf(route, wanted) });
		},
		removeTrial: () => {
			if (trial() !== null) httpRoutes.edit(key, { rolloutId: null, environment: null });
		},
		followsWithinMs,
	};
};
