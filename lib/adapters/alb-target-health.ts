import {
	DescribeTargetHealthCommand,
	type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type TargetHealth, TargetHealthUnavailableError } from "../ports/target-health.ts";
import { failureOf } from "./aws-failure.ts";

/**
 * Health of the targets of an Application Load Balancer's target group. Only `healthy` counts as such: `unused` means
 * that no rule names the group, and nobody checks its targets then.
 */
export const albTargetHealth = (client: ElasticLoadBalancingV2Client): TargetHealth => ({
	count: async (targetGroupArn) => {
		try {
			const answer = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
			const targets = answer.TargetHealthDescriptions ?? [];
			const healthy = targets.filter((target) => target.TargetHealth?.State === "healthy").length;
			return { healthy, unhealthy: targets.length - healthy };
		} catch (error) {
			throw failureOf("DescribeTargetHealth", error, TargetHealthUnavailableError);
		}
	},
});
