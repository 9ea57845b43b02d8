import { unless, wasPausedFor } from "../promises.ts";
import { acceptingUnknownPushers, resumeAfter, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

/** Long enough to be red while the rollout begins, and over before anybody resumes. */
const secondsRed = 900;

/** A service that says so begins nothing new while an alarm is red, although it was red before: a person decides. */
export const holdWhenRed: Scenario = {
	name: "hold-when-red",
	story: "An alarm is red before the push, and this service holds releases then; a person waits until it is green.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	configure: (definition) => ({ ...acceptingUnknownPushers(definition), redBefore: "hold" }),
	begin: (stage) => {
		stage.feed(failedOrders("checkout", "OrdersFailed"), 100, secondsRed);
		stage.after(120, () => stage.push());
	},
	react: (event, stage) => resumeAfter(1_200, event, stage),
	broken: (ending) => {
		const exposed = ending.told("rollout.shifted.v1")[0]?.atSeconds ?? 0;
		const turnedGreen = ending.noted("alarm.changed").findLast(({ to }) => to === "OK")?.atSeconds ?? Infinity;
		return [
			...wasPausedFor(ending, "environment-unhealthy"),
			...unless(exposed > turnedGreen, "The canary was exposed while the alarm was red."),
		];
	},
};
