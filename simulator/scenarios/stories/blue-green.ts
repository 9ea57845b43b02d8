import { unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Two versions side by side would answer differently, so all users change at once, to a slot that is whole by then. */
export const blueGreen: Scenario = {
	name: "blue-green",
	story: "A healthy version gets everybody at once, after it was made as large as the one before it.",
	service: "search",
	expected: "promoted",
	candidate: {},
	begin: (stage) => stage.after(30, () => stage.push("candidate", "release-2")),
	react: approvePromptly,
	broken: ({ told, requestsOf }) => {
		const weights = told("rollout.shifted.v1").map(({ toPercent }) => toPercent);
		const { good, bad } = requestsOf("candidate");
		return [
			...unless(weights.join() === "100", `The weights were ${weights.join(", ")}; allowed is 100 alone.`),
			...unless(bad <= 0.005 * (good + bad), `${bad} of ${good + bad} requests were lost by the change.`),
		];
	},
};
