import { approvePromptly, type Scenario } from "../scenario.ts";

/** A push of a healthy version: approval, all steps, window, closing. */
export const goodImage: Scenario = {
	name: "good-image",
	story: "A healthy version is pushed and takes over, step by step.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	react: approvePromptly,
	broken: ({ canaryRequests }) => (canaryRequests > 0 ? [] : ["The new version never served a request."]),
};
