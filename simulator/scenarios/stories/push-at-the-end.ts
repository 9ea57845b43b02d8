import { hasBegun } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** What closing waits for before it retires the old slot; the end comes within the same second or two. */
const drainSeconds = 300;

/** A push that lands in the very seconds in which the rollout before it finishes: neither may lose it to the other. */
export const pushAtTheEnd: Scenario = {
	name: "push-at-the-end",
	story: "A second version is pushed in the very seconds in which the first one's rollout finishes.",
	service: "checkout",
	expected: ["promoted", "promoted"],
	candidate: {},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.closed.v1")
			stage.once("second", () => stage.after(drainSeconds, () => stage.push("second", "v3")));
	},
	broken: (ending) => hasBegun(ending, 2),
};
