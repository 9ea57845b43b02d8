import { approvePromptly, type Scenario } from "../scenario.ts";
import { notRead, settings } from "./read-settings.ts";

const bad = { LOG_LEVEL: "info", PAYMENT_TIMEOUT_MS: "1" };

/** The image that serves fails with one value of its configuration. */
export const badConfig: Scenario = {
	name: "bad-config",
	story:
		"A ConfigMap is edited for the worse and left like that: it goes back once, and pods started later read the old one.",
	service: "checkout",
	expected: "rolled-back",
	// Many sweeps, each of which finds the bad ConfigMap where it was left.
	lastsSeconds: 3 * 3_600,
	candidate: {},
	versions: {
		stable: { configured: ({ PAYMENT_TIMEOUT_MS: timeout }) => (timeout === "1" ? { errorRatio: 0.05 } : {}) },
	},
	begin: (stage) => stage.after(30, () => stage.setConfiguration(settings, bad)),
	react: (event, stage) => {
		approvePromptly(event, stage);
		// More users need more pods, which start while the bad ConfigMap is live.
		if (event.kind === "rollout.ended.v1") stage.after(600, () => stage.setUsers(200));
	},
	broken: (ending) => {
		const { weightAtRollbackPercent, told } = ending;
		const started = told("rollout.started.v1").length;
		return [
			...notRead(ending, "PAYMENT_TIMEOUT_MS", undefined),
			...(started === 1 ? [] : [`${started} rollouts were started; allowed is one.`]),
			...(weightAtRollbackPercent !== null && weightAtRollbackPercent <= 25
				? []
				: [`It was found at ${weightAtRollbackPercent} %; allowed is 25 % at most.`]),
		];
	},
};
