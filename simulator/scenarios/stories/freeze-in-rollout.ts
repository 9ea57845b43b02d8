import { unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** A freeze that begins in the midst of a rollout holds back neither the rollout nor, above all, its rollback. */
export const freezeInRollout: Scenario = {
	name: "freeze-in-rollout",
	story:
		"A freeze begins while a bad version is on trial; it goes back as fast as on any other day, and so does a retry.",
	service: "checkout",
	expected: "rolled-back",
	lastsSeconds: 5_400,
	candidate: { errorRatio: 0.05 },
	configure: (definition) => ({
		...definition,
		gates: {
			windows: [],
			freezes: [{ from: "2026-01-05T09:03", to: "2026-01-06T09:00", timeZone: "Etc/UTC", reason: "Stocktaking." }],
		},
	}),
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.ended.v1")
			stage.once("retry", () => stage.after(120, () => stage.command("retry", "on-call")));
	},
	broken: (ending) => [
		...wentBackFor(ending, "verdict"),
		...unless(ending.told("release.held.v1").length === 1, "What a person wanted was not held by the freeze."),
	],
};
