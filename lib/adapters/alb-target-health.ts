import {
	DescribeTargetHealthCommand,
	type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { LoadBalancerRoute } from "../domain/service-definition.ts";
import { type TargetHealth, TargetHealthUnavailableError } from "../ports/target-health.ts";
import { failureOf } from "./aws-failure.ts";

/**
 * Health of the targets of an Application Load Balancer's target group. Only `healthy` counts as such: `unused` means
 * that no rule names the group, and nobody checks its targets then.
 */
export const albTargetHealth = (client: ElasticLoadBalancingV2Client): TargetHealth<LoadBalancerRoute> => ({
	count: async ({ targetGroupArns }, slot) => {
		try {
			const answer = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArns[slot] }));
			const targets = answer.TargetHealthDescriptions ?? [];
			const countOf = (state: string): number =>
				targets.filter((target) => target.TargetHealth?.State === state).length;
			const healthy = countOf("healthy");
			const failing = countOf("unhealthy");
			return { healthy, unhealthy: targets.length - healthy, failing, unused: countOf("unused") };
		} catch (error) {
			throw failureOf("DescribeTargetHealth", error, TargetHealthUnavailableError);
		}
	},
});
