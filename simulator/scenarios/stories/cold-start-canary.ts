import { unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Empty caches make a new version slow for its first minute of users; `warmupSeconds` says that this is not its fault. */
export const coldStartCanary: Scenario = {
	name: "cold-start-canary",
	story: "The new version is slow for its first minute, until its caches are filled; it is healthy, and takes over.",
	service: "checkout",
	expected: "promoted",
	candidate: { extra: (secondsSinceStart) => (secondsSinceStart < 60 ? { slowRatio: 0.5 } : {}) },
	// Whoever knows that a version has to warm up says so. Nobody is asked, so that its first users meet it cold.
	configure: (definition) => ({
		...definition,
		warmupSeconds: 90,
		steps: definition.steps.map((step) => ({ ...step, approval: null })),
	}),
	react: approvePromptly,
	broken: ({ told }) => {
		const ready = told("rollout.opened.v1")[0]?.atSeconds ?? 0;
		const exposed = told("rollout.shifted.v1")[0]?.atSeconds ?? Infinity;
		return unless(exposed - ready < 60, `It had ${exposed - ready} s to warm up before its first users came.`);
	},
};
