import { fakeTargetHealth } from "../../../simulator/fakes/target-health.ts";
import { targetHealthContract } from "../../contracts/target-health.contract.ts";
import { makeStage } from "./stage.ts";

targetHealthContract("fakeTargetHealth", async () => {
	const { world, caller, definition } = makeStage();
	const targetGroupArn = definition.route.targetGroupArns.green;
	world.targetGroups.create(targetGroupArn);
	return {
		targetHealth: fakeTargetHealth(world, caller),
		route: definition.route,
		slot: "green",
		knowsChecks: true,
		register: async (states) =>
			states.forEach((state, index) => {
				world.targetGroups.seed(targetGroupArn, `pod-${index}`, state);
			}),
		failNextRead: () => caller.failNext({ matches: () => true, moment: "before-effect" }),
	};
});
