import { unless, wasPausedFor } from "../promises.ts";
import { resumeAfter, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

/** Something goes wrong while the first approval is awaited: nobody is exposed to one more change in the midst of it. */
export const alarmBeforeExposure: Scenario = {
	name: "alarm-before-exposure",
	story: "An alarm turns red before the canary has served anybody; a person waits until it is over, and resumes.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 1_800,
	candidate: {},
	react: (event, stage) => {
		resumeAfter(900, event, stage);
		if (event.kind === "rollout.paused.v1")
			stage.once("red", () => stage.feed(failedOrders("checkout", "OrdersFailed"), 100, 300));
	},
	broken: (ending) => {
		const exposed = ending.told("rollout.shifted.v1")[0]?.atSeconds ?? 0;
		const turnedGreen = ending.noted("alarm.changed").findLast(({ to }) => to === "OK")?.atSeconds ?? Infinity;
		// Whoever had to wait for a colleague may agree when it is over, and there is nothing to ask about any more.
		const agreed = ending.told("rollout.resumed.v1")[0]?.atSeconds ?? 0;
		return [
			...(agreed > turnedGreen ? [] : wasPausedFor(ending, "environment-unhealthy")),
			...unless(exposed > turnedGreen, "The canary was exposed while the alarm was red."),
		];
	},
};
