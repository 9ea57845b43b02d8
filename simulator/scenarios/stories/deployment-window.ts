import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Noon in Berlin, where stories begin at ten in the morning. */
const opensAtSeconds = 7_200;

/** The next sweep comes within five minutes; one of them may be lost. */
const sweepSeconds = 660;

/** Two pushes come before hours; the newest begins with them, and the other one never. */
export const deploymentWindow: Scenario = {
	name: "deployment-window",
	story: "Two images are pushed before noon, and releases begin in the afternoon only: the newer one does.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	configure: (definition) => ({
		...definition,
		gates: {
			windows: [{ days: ["mon", "tue"], from: "12:00", to: "16:00", timeZone: "Europe/Berlin" }],
			freezes: [],
		},
	}),
	begin: (stage) => {
		stage.after(30, () => stage.push());
		stage.after(1_800, () => stage.push("newer", "v3"));
	},
	react: approvePromptly,
	broken: (ending) => {
		const beganAtSeconds = ending.told("rollout.started.v1")[0]?.atSeconds ?? Number.NaN;
		return [
			...hasBegun(ending, 1),
			...unless(ending.requestsOf("newer").good > 0, "The newer version never served a request."),
			...unless(ending.requestsOf("candidate").good === 0, "The version that was passed over served requests."),
			...unless(
				beganAtSeconds >= opensAtSeconds && beganAtSeconds <= opensAtSeconds + sweepSeconds,
				`It began after ${beganAtSeconds} s; allowed is ${opensAtSeconds} to ${opensAtSeconds + sweepSeconds} s.`,
			),
		];
	},
};
