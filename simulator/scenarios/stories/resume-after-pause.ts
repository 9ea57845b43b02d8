import { startEpochMs } from "../../system/make-system.ts";
import { unless, wasPausedFor } from "../promises.ts";
import { approvePromptly, resumeAfter, type Scenario } from "../scenario.ts";

const hoursAway = 5;
/** Half an hour after the beginning everybody goes home. */
const backAfterSeconds = (hoursAway + 0.5) * 3_600;

/** A night without anybody: what waits for a person waits where it is, and goes on from there. */
export const resumeAfterPause: Scenario = {
	name: "resume-after-pause",
	story: "The rollout pauses for want of metrics, nobody is there for five hours, and then somebody resumes it.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 7_200,
	limitSeconds: 12 * 3_600,
	candidate: {},
	react: (event, stage) => {
		if (event.kind === "rollout.shifted.v1") stage.once("outage", () => stage.loseMetrics(3_600));
		if (event.kind !== "rollout.paused.v1") return approvePromptly(event, stage);
		// Questions of these hours are read on return, and those that come later like any other.
		const awaySeconds = backAfterSeconds - (event.detail.atEpochMs - startEpochMs) / 1_000;
		resumeAfter(Math.max(90, awaySeconds), event, stage);
	},
	broken: (ending) => {
		const [first, second] = ending.told("rollout.shifted.v1").map(({ atSeconds }) => atSeconds);
		return [
			...wasPausedFor(ending, "no-evidence"),
			...unless((second ?? 0) - (first ?? 0) > hoursAway * 3_600, "The weight changed while nobody was there."),
		];
	},
};
