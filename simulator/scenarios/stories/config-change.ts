import { approvePromptly, type Scenario } from "../scenario.ts";
import { keptAtTheEnd, notRead, settings } from "./read-settings.ts";

/** A ConfigMap is edited three times; no image is pushed. */
export const configChange: Scenario = {
	name: "config-change",
	story: "A ConfigMap is edited three times and no image is pushed: it goes out with the image that serves.",
	service: "checkout",
	expected: ["promoted", "promoted"],
	limitSeconds: 8 * 3_600,
	// What holds up the end of the first rollout may have the sweep find an edit between two rollouts: one more of them.
	slackSeconds: 7_200,
	candidate: {},
	begin: (stage) => stage.after(30, () => stage.setConfiguration(settings, { LOG_LEVEL: "debug" })),
	react: (event, stage) => {
		approvePromptly(event, stage);
		// Captured while the first change is on trial, and replaced before its turn comes: nobody ever needs it.
		if (event.kind === "rollout.started.v1")
			stage.once("trace", () => stage.after(10, () => stage.setConfiguration(settings, { LOG_LEVEL: "trace" })));
		if (event.kind === "release.queued.v1")
			stage.once("warn", () => stage.after(10, () => stage.setConfiguration(settings, { LOG_LEVEL: "warn" })));
	},
	broken: (ending) => {
		const kept = keptAtTheEnd(ending, "LOG_LEVEL");
		return [
			...notRead(ending, "LOG_LEVEL", "warn"),
			...(kept.includes("trace") ? ["The content that nobody rolled out is still kept."] : []),
			...(kept.includes("debug") ? [] : ["The content of the rollout before is not kept any more."]),
		];
	},
};
