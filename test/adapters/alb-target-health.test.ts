import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { albTargetHealth } from "../../lib/adapters/alb-target-health.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { contractDefinition } from "../contracts/contract-definition.ts";
import { targetHealthContract } from "../contracts/target-health.contract.ts";
import { ElbProduct } from "./wire/elb-product.ts";
import { lossyProduct } from "./wire/lossy-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const { route } = contractDefinition();
const targetGroupArn = route.targetGroupArns.green;

const setup = (states: string[] = []) => {
	const product = new ElbProduct(route.listenerArn);
	product.targets.set(targetGroupArn, states);
	const lossy = lossyProduct(product.answer, () => false);
	const client = new ElasticLoadBalancingV2Client(clientOptions(wireTo(lossy.answer)));
	return { states, lossy, targetHealth: albTargetHealth(client) };
};

targetHealthContract("albTargetHealth", async () => {
	const { states, lossy, targetHealth } = setup();
	return {
		targetHealth,
		route,
		slot: "green",
		knowsChecks: true,
		register: async (added) => {
			states.push(...added);
		},
		failNextRead: lossy.failNextRead,
	};
});

describe("albTargetHealth", () => {
	it.each(["unused", "unavailable", "unhealthy.draining"])(
		"given a target that is %s, does not count on it",
		async (state) => {
			const { targetHealth } = setup([state, "healthy"]);

			expect(await targetHealth.count(route, "green")).toMatchObject({ healthy: 1, unhealthy: 1, failing: 0 });
		},
	);

	it("given a group that does not exist, says that asking again is no use", async () => {
		const { targetHealth } = setup();

		await expect(targetHealth.count(route, "blue")).rejects.toThrow(InvalidAwsCallError);
	});
});
