import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Who asks for it gets the newest version at once: a trial goes back without harm, and makes room. */
export const supersede: Scenario = {
	name: "supersede",
	story: "A quarter of the users have a version when the next one is pushed; the first goes back and makes room.",
	service: "checkout",
	expected: ["superseded", "promoted"],
	candidate: {},
	configure: (definition) => ({ ...definition, onNewPush: "supersede" }),
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.shifted.v1" && event.detail.toPercent === 25)
			stage.once("next", () => stage.after(60, () => stage.push("next", "v3")));
	},
	broken: (ending) => [
		...hasBegun(ending, 2),
		...unless(
			ending.told("rollout.rolled-back.v1").every(({ cause }) => cause === "superseded"),
			"The first version went back for another reason than to make room.",
		),
		...unless(ending.requestsOf("next").good > 0, "The newest version never served a request."),
	],
};
