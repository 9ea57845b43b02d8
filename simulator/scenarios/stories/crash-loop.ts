import { approvePromptly, type Scenario } from "../scenario.ts";

/** The new version's pods never get ready: it must not receive a single request. */
export const crashLoop: Scenario = {
	name: "crash-loop",
	story: "The new version crashes at start, over and over, and never gets ready.",
	service: "checkout",
	expected: "rolled-back",
	candidate: { neverReady: true },
	react: approvePromptly,
	broken: ({ canaryRequests }) =>
		canaryRequests === 0 ? [] : [`The new version served ${canaryRequests} requests; allowed is none.`],
};
