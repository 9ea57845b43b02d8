import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** The second push comes while the first one's window is open, and ends it: nobody waits an hour for nothing. */
export const twoPushes: Scenario = {
	name: "two-pushes",
	story: "A second version is pushed five minutes into the window of the first, which ends for it.",
	service: "checkout",
	expected: ["promoted", "promoted"],
	candidate: {},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.promoted.v1")
			stage.once("second", () => stage.after(300, () => stage.push("second", "v3")));
	},
	broken: (ending) => {
		const opened = ending.told("rollout.promoted.v1")[0]?.atSeconds ?? 0;
		const closed = ending.told("rollout.closed.v1")[0]?.atSeconds ?? Number.POSITIVE_INFINITY;
		return [
			...hasBegun(ending, 2),
			...unless(closed - opened < ending.definition.windowSeconds, "The first window lasted as if nobody waited."),
			...unless(ending.requestsOf("second").good > 0, "The second version never served a request."),
		];
	},
};
