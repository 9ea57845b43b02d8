import { wasPausedFor } from "../promises.ts";
import { resumeAfter, type Scenario } from "../scenario.ts";

/** Users are served as ever, and nobody can see it: no evidence is no good evidence, and no bad evidence either. */
export const metricsOutage: Scenario = {
	name: "metrics-outage",
	story: "While a quarter of the users have the new version, all metrics go missing; the rollout pauses, then resumes.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 3_600,
	candidate: {},
	react: (event, stage) => {
		resumeAfter(1_800, event, stage);
		if (event.kind === "rollout.shifted.v1" && event.detail.toPercent === 25)
			stage.once("outage", () => stage.loseMetrics(2_400));
	},
	broken: (ending) => wasPausedFor(ending, "no-evidence"),
};
