import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Somebody stops the execution in the console: a canary that nobody watches must not go on serving. */
export const executionKilled: Scenario = {
	name: "execution-killed",
	story: "Somebody stops the execution in the console while a quarter of the users have the new version.",
	service: "checkout",
	expected: "rolled-back",
	candidate: {},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.shifted.v1" && event.detail.toPercent === 25)
			stage.once("kill", () => stage.after(20, () => stage.killExecution("rollout")));
	},
	broken: (ending) => [
		...unless(
			ending.weightAtRollbackPercent === 25,
			`It went back from ${ending.weightAtRollbackPercent} %, not 25 %.`,
		),
		...wentBackFor(ending, "execution-lost"),
	],
};
