import { host, insist, usersPriority } from "../enrolling.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** The first push after an enrolment is rolled out like any other. */
export const enrolAndFirstRelease: Scenario = {
	name: "enrol-and-first-release",
	story: "A service is enrolled; then an image is pushed and takes over.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	arrange: host,
	begin: (stage) =>
		stage.after(30, () =>
			insist(stage, { wish: "enrol", fromPriority: usersPriority }, () => stage.after(60, stage.push)),
		),
	react: approvePromptly,
	broken: ({ canaryRequests }) => (canaryRequests > 0 ? [] : ["The new version never served a request."]),
};
