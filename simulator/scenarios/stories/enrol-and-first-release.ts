import { hostAt, insist } from "../enrolling.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Enrolment takes over the user's rule in place; the first push after it is rolled out like any other. */
export const enrolAndFirstRelease: Scenario = {
	name: "enrol-and-first-release",
	story: "A service is enrolled, its own rule taken over in place; then an image is pushed and takes over.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	arrange: hostAt("at-base"),
	begin: (stage) =>
		stage.after(30, () => insist(stage, { wish: "enrol", fromPriority: null }, () => stage.after(60, stage.push))),
	react: approvePromptly,
	broken: ({ canaryRequests }) => (canaryRequests > 0 ? [] : ["The new version never served a request."]),
};
