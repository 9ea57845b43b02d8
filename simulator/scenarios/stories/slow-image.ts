import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Answers come, and come too late: no error says so, only the time they take. */
export const slowImage: Scenario = {
	name: "slow-image",
	story: "The new version answers a third of its requests slower than the limit, and none with an error.",
	service: "checkout",
	expected: "rolled-back",
	candidate: { slowRatio: 0.33 },
	react: approvePromptly,
	broken: (ending) => [
		...unless((ending.weightAtRollbackPercent ?? 100) <= 25, "More than a quarter of the users had the slow version."),
		...wentBackFor(ending, "verdict"),
	],
};
