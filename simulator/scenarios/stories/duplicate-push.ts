import { hasBegun } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** A pipeline that pushes the same image a hundred times, and once more after it was rolled back. */
export const duplicatePush: Scenario = {
	name: "duplicate-push",
	story: "The same bad image is pushed a hundred times, and a hundred times more once it has been rolled back.",
	service: "checkout",
	expected: "rolled-back",
	lastsSeconds: 7_200,
	candidate: { errorRatio: 0.05 },
	begin: (stage) => stage.after(30, () => stage.push("candidate", "v2", 100)),
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.ended.v1") stage.once("again", () => stage.push("candidate", "v2", 100));
	},
	broken: (ending) => hasBegun(ending, 1),
};
