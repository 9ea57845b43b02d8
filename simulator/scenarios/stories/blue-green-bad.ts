import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** With everybody on the new version there is nothing to compare with: absolute limits decide, and one call undoes it. */
export const blueGreenBad: Scenario = {
	name: "blue-green-bad",
	story: "A bad version gets everybody at once; the old one is still whole, and one call brings everybody back.",
	service: "search",
	expected: "rolled-back",
	candidate: { errorRatio: 0.15 },
	begin: (stage) => stage.after(30, () => stage.push("candidate", "release-2")),
	react: approvePromptly,
	broken: (ending) => [
		...unless(
			ending.weightAtRollbackPercent === 100,
			`It went back from ${ending.weightAtRollbackPercent} %, not 100 %.`,
		),
		...wentBackFor(ending, "verdict"),
	],
};
