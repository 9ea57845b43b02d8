import { loadBalancerRouteOf } from "../../../lib/domain/traffic-route.ts";
import { fakeBaseRoute } from "../../../simulator/fakes/base-route.ts";
import { usersGroupArnOf } from "../../../simulator/world/hosting.ts";
import { baseRouteContract } from "../../contracts/base-route.contract.ts";
import { makeStage } from "./stage.ts";

baseRouteContract("fakeBaseRoute", () => {
	const { world, caller, definition } = makeStage();
	const route = loadBalancerRouteOf(definition);
	const own = usersGroupArnOf(definition);
	for (const arn of [...Object.values(route.targetGroupArns), own]) world.targetGroups.create(arn);
	world.targetGroups.seed(own, "pod-1", "healthy");
	const conditions = [{ field: "host-header", values: ["checkout.example"] }];
	return {
		baseRoute: fakeBaseRoute(world, caller, "production"),
		route,
		own,
		place: async (priority, weights, tags = {}) => {
			world.loadBalancer.createRule(route.listenerArn, { priority, conditions, weights, tags });
		},
		at: async (priority) => {
			const rule = world.loadBalancer.ruleAt(route.listenerArn, priority);
			return rule && { weights: rule.weights, tags: rule.tags };
		},
		placeDefault: async (listenerArn, weights) => world.loadBalancer.setDefault(listenerArn, weights),
		silence: caller.silence,
	};
});
