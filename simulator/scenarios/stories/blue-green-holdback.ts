import { resolveHoldback } from "../../../lib/domain/configuration/steps.ts";
import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

const configure: Scenario["configure"] = (definition) => ({
	...definition,
	steps: [...resolveHoldback({ percent: 5 }).map((step) => ({ ...step, approval: null })), ...definition.steps],
});

/** Whoever stays behind is the control arm that blue-green has none of otherwise. */
export const blueGreenHoldback: Scenario = {
	name: "blue-green-holdback",
	story:
		"A healthy version gets everybody but one in twenty, is compared with what these still get, and then gets them.",
	service: "search",
	expected: "promoted",
	candidate: {},
	configure,
	begin: (stage) => stage.after(30, () => stage.push("candidate", "release-2")),
	react: approvePromptly,
	broken: ({ told }) => {
		const weights = told("rollout.shifted.v1").map(({ toPercent }) => toPercent);
		return unless(weights.join() === "95,100", `The weights were ${weights.join(", ")}; allowed is 95, then 100.`);
	},
};

/** The old version keeps every limit beside it, so it is the new one that does harm, and nothing that befell both. */
export const blueGreenHoldbackBad: Scenario = {
	name: "blue-green-holdback-bad",
	story: "A bad version gets everybody but one in twenty; what these get shows that nothing else is to blame.",
	service: "search",
	expected: "rolled-back",
	candidate: { errorRatio: 0.15 },
	configure,
	begin: (stage) => stage.after(30, () => stage.push("candidate", "release-2")),
	react: approvePromptly,
	broken: (ending) => [
		...unless(
			ending.weightAtRollbackPercent === 95,
			`It went back from ${ending.weightAtRollbackPercent} %, not 95 %.`,
		),
		...wentBackFor(ending, "verdict"),
		...unless(ending.requestsOf("stable").good > 0, "Nobody stayed on the old version."),
	],
};
