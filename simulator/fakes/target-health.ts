import type { LoadBalancerRoute } from "../../lib/domain/service-definition.ts";
import { type TargetHealth, TargetHealthUnavailableError } from "../../lib/ports/target-health.ts";
import type { Caller } from "../kernel/caller.ts";
import type { TargetState } from "../world/target-groups.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

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
