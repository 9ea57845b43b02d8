import { wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** The one function that must not fail fails, just after it has taken the trial away: a second try finds it gone. */
export const rollbackCrashesOnce: Scenario = {
	name: "rollback-crashes-once",
	story: "The function that sends users back crashes right after it has deleted the trial rule, and is tried again.",
	service: "checkout",
	expected: "rolled-back",
	candidate: { errorRatio: 0.05 },
	begin: (stage) => {
		let left = 1;
		stage.trouble({
			matches: (entry, { operation }) =>
				entry === "functions/roll-back" && operation.endsWith(":DeleteRule") && left-- > 0,
			fault: { kind: "crashed", when: "after" },
			seconds: 6 * 3_600,
		});
		stage.after(30, () => stage.push());
	},
	react: approvePromptly,
	broken: (ending) => wentBackFor(ending, "verdict", "alarm"),
};
