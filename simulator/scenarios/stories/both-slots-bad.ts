import { unless, wasPausedFor } from "../promises.ts";
import { resumeAfter, type Scenario } from "../scenario.ts";

/** A dependency fails for both versions alike: that says nothing about the new one, and going back would help nobody. */
export const bothSlotsBad: Scenario = {
	name: "both-slots-bad",
	story: "A dependency of both versions fails for a while; the rollout pauses, and a person resumes it afterwards.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 2_400,
	candidate: {},
	react: (event, stage) => {
		resumeAfter(1_200, event, stage);
		if (event.kind !== "rollout.shifted.v1" || event.detail.toPercent !== 25) return;
		stage.once("sick", () => {
			for (const version of ["stable", "candidate"]) stage.changeVersion(version, { errorRatio: 0.2 });
			stage.after(900, () => {
				for (const version of ["stable", "candidate"]) stage.changeVersion(version, { errorRatio: 0.001 });
			});
		});
	},
	broken: (ending) => [
		...wasPausedFor(ending, "environment-unhealthy"),
		...unless(ending.told("rollout.rolled-back.v1").length === 0, "It went back, which helps nobody."),
	],
};
