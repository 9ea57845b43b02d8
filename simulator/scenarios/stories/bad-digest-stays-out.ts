import { hasBegun } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** What was rolled back is admitted no more, by no push and no sweep, whatever it is called. */
export const badDigestStaysOut: Scenario = {
	name: "bad-digest-stays-out",
	story: "A bad image was rolled back; it is pushed again under other tags, and swept for over two hours.",
	service: "checkout",
	expected: "rolled-back",
	lastsSeconds: 7_200,
	candidate: { errorRatio: 0.05 },
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind !== "rollout.ended.v1") return;
		stage.once("other tags", () => {
			stage.after(60, () => stage.push("candidate", "v3"));
			stage.after(1_800, () => stage.push("candidate", "v2.0.1"));
		});
	},
	broken: (ending) => hasBegun(ending, 1),
};
