import { unless, wentBackFor } from "../promises.ts";
import type { Scenario } from "../scenario.ts";

/** A question that nobody answers is answered: with no. */
export const approvalExpires: Scenario = {
	name: "approval-expires",
	story: "Nobody answers the question for a day; nobody has agreed, so the rollout goes back.",
	service: "checkout",
	expected: "rolled-back",
	limitSeconds: 30 * 3_600,
	candidate: {},
	react: () => {},
	broken: (ending) => [
		...unless(
			ending.canaryRequests === 0,
			`The new version served ${ending.canaryRequests} requests; allowed is none.`,
		),
		...wentBackFor(ending, "not-answered"),
	],
};
