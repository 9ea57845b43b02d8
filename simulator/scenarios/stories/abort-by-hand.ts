import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** A person sees what no metric does, and says so: that is enough. */
export const abortByHand: Scenario = {
	name: "abort-by-hand",
	story: "A quarter of the users have the new version when a person sees what no metric shows, and aborts.",
	service: "checkout",
	expected: "rolled-back",
	candidate: {},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.shifted.v1" && event.detail.toPercent === 25)
			stage.once("abort", () => stage.after(60, () => stage.command("abort", "release-manager")));
	},
	broken: (ending) => [
		...unless(
			ending.weightAtRollbackPercent === 25,
			`It went back from ${ending.weightAtRollbackPercent} %, not 25 %.`,
		),
		...wentBackFor(ending, "person"),
	],
};
