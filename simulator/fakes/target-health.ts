import type { GatewayRoute, LoadBalancerRoute } from "../../lib/domain/service-definition.ts";
import { type TargetHealth, TargetHealthUnavailableError } from "../../lib/ports/target-health.ts";
import { WorkloadsUnavailableError } from "../../lib/ports/workloads.ts";
import type { Caller } from "../kernel/caller.ts";
import { endpointsKey } from "../world/gateway-routing.ts";
import type { TargetState } from "../world/target-groups.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";
import { kubernetesCalls } from "./kubernetes-calls.ts";

/** Target health through one DescribeTargetHealth. */
export const fakeTargetHealth = (
	world: Pick<World, "targetGroups">,
	caller: Caller,
): TargetHealth<LoadBalancerRoute> => ({
	count: async ({ targetGroupArns }, slot) => {
		const targetGroupArn = targetGroupArns[slot];
		const call = { operation: "elasticloadbalancing:DescribeTargetHealth", resource: "*", about: targetGroupArn };
		try {
			const states = await caller.call(call, () => world.targetGroups.states(targetGroupArn));
			const countOf = (wanted: TargetState): number => states.filter((state) => state === wanted).length;
			const healthy = countOf("healthy");
			const failing = countOf("unhealthy");
			return { healthy, unhealthy: states.length - healthy, failing, unused: countOf("unused") };
		} catch (error) {
			throw failureOf("DescribeTargetHealth", error, TargetHealthUnavailableError);
		}
	},
});

/** Health of a slot's endpoints through one list of EndpointSlices: ready or not, and not a word of why. */
export const fakeGatewayHealth = (
	world: Pick<World, "targetGroups" | "arns">,
	caller: Caller,
): TargetHealth<GatewayRoute> => {
	const call = kubernetesCalls(world, caller);
	return {
		count: async (route, slot) => {
			const list = () => world.targetGroups.states(endpointsKey(route, slot));
			const states = await call(route.clusterName, "list", "endpointslices", list).catch((error: unknown) => {
				if (!(error instanceof WorkloadsUnavailableError)) throw error;
				throw new TargetHealthUnavailableError(error.message, { cause: error });
			});
			const healthy = states.filter((state) => state === "healthy").length;
			return { healthy, unhealthy: states.length - healthy, failing: 0, unused: 0 };
		},
	};
};
