import { objectKey } from "../../world/cluster.ts";
import { usersGroupArnOf } from "../../world/hosting.ts";
import { host, insist, usersPriority } from "../enrolling.ts";
import { approvePromptly, type Ending, type Scenario } from "../scenario.ts";

const imageOf = ({ system }: Ending): string | undefined =>
	system.world.cluster.deployment("shop-production/shop/checkout")?.imageDigest;

/** After a rollout the service goes back to the user's own Deployment, with the image that serves by then. */
export const releaseService: Scenario = {
	name: "release-service",
	story:
		"A service that was enrolled and rolled out once is given back: the user's own Deployment serves the new image.",
	service: "checkout",
	expected: "promoted",
	lastsSeconds: 7_200,
	candidate: {},
	arrange: (system, definition) => {
		host(system, definition);
		const { world } = system;
		// It feeds the user's target group and selects by the labels that pods of slots carry as well.
		const otherServices = [{ name: "checkout-alb", feedsTargetGroups: [usersGroupArnOf(definition)] }];
		world.surroundings.change(objectKey(definition.workload, definition.workload.deployment), { otherServices });
	},
	begin: (stage) =>
		stage.after(30, () =>
			insist(stage, { wish: "enrol", fromPriority: usersPriority }, () => stage.after(60, stage.push)),
		),
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind !== "rollout.ended.v1") return;
		stage.once("give back", () => stage.after(120, () => insist(stage, { wish: "release", fromPriority: null })));
	},
	broken: (ending) => [
		...(ending.told("service.released.v1").length > 0 ? [] : ["Nobody was told that the service was given back."]),
		...(imageOf(ending)?.startsWith("sha256:c7") ? [] : [`The user's own Deployment runs ${imageOf(ending)}.`]),
		...(ending.system.world.table.get("checkout") === null ? [] : ["The service is still on record."]),
	],
};
