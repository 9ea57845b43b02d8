import { objectKey } from "../../world/cluster.ts";
import { unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** A healthy version fails 0.1 % of its requests by itself; whatever is lost on the way would add to that. */
const mostBadShare = 0.005;

/** The first push after enrolment: the green slot has never run anything, and all that it needs is made now. */
export const firstRelease: Scenario = {
	name: "first-release",
	story: "A service has just been enrolled; its first push finds a green slot in which nothing has ever run.",
	service: "payments",
	expected: "promoted",
	candidate: {},
	begin: (stage) => {
		const { workload } = stage.definition;
		const green = stage.system.world.cluster.deployment(objectKey(workload, `${workload.deployment}-green`));
		stage.note("slot.found", { hasRun: green !== null });
		stage.after(30, () => stage.push());
	},
	react: approvePromptly,
	broken: ({ system, definition: { workload }, noted, requestsOf }) => {
		const keyOf = (slot: string): string => objectKey(workload, `${workload.deployment}-${slot}`);
		const { good, bad } = requestsOf("candidate");
		return [
			...unless(
				noted("slot.found").every(({ hasRun }) => hasRun === false),
				"Something had run in the green slot before.",
			),
			...unless(system.world.cluster.autoscaler(keyOf("green")) !== null, "The green slot got no autoscaler."),
			...unless(system.world.cluster.deployment(keyOf("blue"))?.replicas === 0, "The blue slot still runs."),
			...unless(bad <= mostBadShare * (good + bad), `${bad} of ${good + bad} requests were lost on the way.`),
		];
	},
};
