import { describe, expect, it } from "vitest";
import type { GatewayRoute } from "../../lib/domain/service-definition.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";

export interface GatewayReachSetup {
	readonly router: TrafficRouter<GatewayRoute>;
	readonly route: GatewayRoute;
	/** Has the route's rule forward to these Services, by hand. */
	point(weights: Readonly<Record<string, number>>): void;
}

/** What every router of a user's own route says of whether that route still sends anything to a slot. */
export const gatewayReachContract = (name: string, make: () => Promise<GatewayReachSetup>): void => {
	describe(`${name} says whether a user's route reaches a slot`, () => {
		it.each([
			["to the user's own Service", { checkout: 1 }, true],
			["to a slot at weight 0", { checkout: 1, "checkout-blue": 0 }, true],
			["to a slot", { "checkout-blue": 100, "checkout-green": 0 }, false],
			["to a slot and the user's own Service", { checkout: 10, "checkout-blue": 90 }, false],
		])("given a route %s, says so", async (_, weights, reachesNoSlot) => {
			const { router, route, point } = await make();
			point(weights);

			expect((await router.read(route)).reachesNoSlot ?? false).toBe(reachesNoSlot);
		});
	});
};
