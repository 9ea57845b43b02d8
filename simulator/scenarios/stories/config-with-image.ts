import { approvePromptly, type Scenario } from "../scenario.ts";
import { notRead, settings } from "./read-settings.ts";

/** At one moment: a sweep in between would find the configuration alone, and roll it out with the image that serves. */
const begin: NonNullable<Scenario["begin"]> = (stage) =>
	stage.after(30, () => {
		stage.setConfiguration(settings, { LOG_LEVEL: "info", FEATURE: "on" });
		stage.push();
	});

/** An image and the configuration that it needs come together. */
export const configWithImage: Scenario = {
	name: "config-with-image",
	story: "A new version needs a new variable: both are rolled out as one release.",
	service: "checkout",
	expected: "promoted",
	candidate: { configured: ({ FEATURE }) => (FEATURE === "on" ? {} : { errorRatio: 0.2 }) },
	begin,
	react: approvePromptly,
	broken: (ending) => notRead(ending, "FEATURE", "on"),
};

/** An image that does harm takes the configuration along that came with it. */
export const configGoesBackWithImage: Scenario = {
	name: "config-goes-back-with-image",
	story: "A bad version comes with new configuration: both go back, and neither comes back by itself.",
	service: "checkout",
	expected: "rolled-back",
	lastsSeconds: 2 * 3_600,
	candidate: { errorRatio: 0.05 },
	begin,
	react: approvePromptly,
	broken: (ending) => {
		const started = ending.told("rollout.started.v1").length;
		return [
			...notRead(ending, "FEATURE", undefined),
			...(started === 1 ? [] : [`${started} rollouts were started; allowed is one.`]),
		];
	},
};
