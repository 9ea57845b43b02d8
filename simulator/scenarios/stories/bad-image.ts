import { approvePromptly, type Scenario } from "../scenario.ts";

/** Errors rise from 0.1 to 5 % on the new version; the guardrails see it at one of the first two steps. */
export const badImage: Scenario = {
	name: "bad-image",
	story: "The new version answers 5 % of its requests with errors instead of 0.1 %.",
	service: "checkout",
	expected: "rolled-back",
	candidate: { errorRatio: 0.05 },
	react: approvePromptly,
	broken: ({ weightAtRollbackPercent }) =>
		weightAtRollbackPercent !== null && weightAtRollbackPercent <= 25
			? []
			: [`It was found at ${weightAtRollbackPercent} %; allowed is 25 % at most.`],
};
