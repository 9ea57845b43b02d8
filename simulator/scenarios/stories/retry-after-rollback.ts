import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** What was rolled back does not come back by itself; a person who knows why it failed says so once. */
export const retryAfterRollback: Scenario = {
	name: "retry-after-rollback",
	story: "A version fails because of something else, which is mended; one command rolls the same image out again.",
	service: "checkout",
	expected: ["rolled-back", "promoted"],
	// A command that comes more than five minutes late is refused: people may have decided anew since.
	orElse: [["rolled-back"]],
	candidate: { errorRatio: 0.05 },
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind !== "rollout.ended.v1") return;
		stage.once("mended", () => {
			stage.after(60, () => stage.changeCandidate({ errorRatio: 0.001 }));
			stage.after(120, () => stage.command("retry", "on-call"));
		});
	},
	broken: (ending) => {
		if (ending.told("command.refused.v1").some(({ verb }) => verb === "retry")) return [];
		return [
			...hasBegun(ending, 2),
			...unless(ending.told("release.asked.v1").length === 1, "It was not said once that somebody asked for it."),
		];
	},
};
