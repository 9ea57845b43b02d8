import { objectKey } from "../../world/cluster.ts";
import { cutOff, host, insist, usersPriority } from "../enrolling.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

/** From the mark that lets an enrolment stop the user's pods until the stop is on its way, seconds. */
const underWaySeconds = 1.5;
const lookSeconds = 0.5;

const ownOf = ({ system: { world }, definition: { workload } }: Pick<Stage, "system" | "definition">) =>
	world.cluster.deployment(objectKey(workload, workload.deployment));

const whenMarked = (stage: Stage, then: () => void): void => {
	if ((ownOf(stage)?.stopEpoch ?? null) === null) stage.after(lookSeconds, () => whenMarked(stage, then));
	else stage.after(underWaySeconds, then);
};

/** What was sent before somebody thought better of it may land when nothing of Sluice's is left to make it good. */
export const enrolTakenBack: Scenario = {
	name: "enrol-taken-back",
	story: "An enrolment is cut off in the moment it stops the user's own pods, and taken back instead of going on.",
	service: "checkout",
	expected: [],
	lastsSeconds: 1_800,
	candidate: {},
	arrange: host,
	begin: (stage) => {
		let isTakenBack = false;
		const takeBack = (): void => {
			isTakenBack = true;
			cutOff(stage);
			insist(stage, { wish: "release", fromPriority: null });
		};
		stage.after(30, () => {
			insist(
				stage,
				{ wish: "enrol", fromPriority: usersPriority },
				() => {},
				1,
				() => !isTakenBack,
			);
			whenMarked(stage, takeBack);
		});
	},
	react: () => {},
	broken: (ending) => [
		...(ending.told("service.released.v1").length > 0 ? [] : ["Nobody was told that the service was given back."]),
		...(ownOf(ending)?.readyReplicas === 10
			? []
			: [`${ownOf(ending)?.readyReplicas} of the user's 10 pods are ready.`]),
		...(ending.system.world.table.get("checkout") === null ? [] : ["The service is on record."]),
	],
};
