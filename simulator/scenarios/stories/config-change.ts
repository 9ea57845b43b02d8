import { approvePromptly, type Scenario } from "../scenario.ts";
import { keptAtTheEnd, notRead, settings } from "./read-settings.ts";

/** A ConfigMap is edited three times; no image is pushed. */
export const configChange: Scenario = {
	name: "config-change",
	story: "A ConfigMap is edited three times and no image is pushed: it goes out with the image that serves.",
	service: "checkout",
	expected: ["promoted", "promoted"],
	limitSeconds: 8 * 3_600,
	candidate: {},
	begin: (stage) => {
		stage.after(30, () => stage.setConfiguration(settings, { LOG_LEVEL: "debug" }));
		// Captured while the first change is on trial, and replaced before its turn comes: nobody ever needs it.
		stage.after(350, () => stage.setConfiguration(settings, { LOG_LEVEL: "trace" }));
		stage.after(650, () => stage.setConfiguration(settings, { LOG_LEVEL: "warn" }));
	},
	react: approvePromptly,
	broken: (ending) => {
		const kept = keptAtTheEnd(ending, "LOG_LEVEL");
		return [
			...notRead(ending, "LOG_LEVEL", "warn"),
			...(kept.includes("trace") ? ["The content that nobody rolled out is still kept."] : []),
			...(kept.includes("debug") ? [] : ["The content of the rollout before is not kept any more."]),
		];
	},
};
