import { cutOff, host, insist, usersPriority } from "../enrolling.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

/** Longer than a step takes and shorter than pods do: each attempt gets a little further than the one before. */
const cutOffSeconds = 17;
const cutOffs = 20;

const keepCutting = (stage: Stage, left: number): void => {
	if (left === 0) return;
	stage.after(cutOffSeconds, () => {
		cutOff(stage);
		keepCutting(stage, left - 1);
	});
};

/** The execution is ended over and over, wherever it is; each one after it goes on where the world stands. */
export const enrolResumed: Scenario = {
	name: "enrol-resumed",
	story: "An enrolment is cut off twenty times, wherever it is, and begun again; users notice none of it.",
	service: "checkout",
	expected: [],
	lastsSeconds: 1_800,
	candidate: {},
	arrange: host,
	begin: (stage) =>
		stage.after(30, () => {
			insist(stage, { wish: "enrol", fromPriority: usersPriority });
			keepCutting(stage, cutOffs);
		}),
	react: () => {},
	broken: ({ told, timeline }) => [
		...(told("service.enrolled.v1").length > 0 ? [] : ["Nobody was told that the service is enrolled."]),
		...(timeline.filter(({ kind }) => kind === "enrolment.asked").length > 5
			? []
			: ["It was not interrupted often enough to show anything."]),
	],
};
