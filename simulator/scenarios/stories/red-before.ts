import { hasReached, unless, wentBackFor } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

const secondsRed = 240;

/** An alarm that is red already may be what the release mends; once it has been green for five minutes, it counts again. */
export const redBefore: Scenario = {
	name: "red-before",
	story: "An alarm is red before the push and recovers; in the window it turns red once more, and now it counts.",
	service: "checkout",
	expected: "rolled-back",
	candidate: {},
	begin: (stage) => {
		stage.feed(failedOrders("checkout", "OrdersFailed"), 100, secondsRed);
		stage.after(120, () => stage.push());
	},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.promoted.v1")
			stage.once("red again", () =>
				stage.after(300, () => stage.feed(failedOrders("checkout", "OrdersFailed"), 100, secondsRed)),
			);
	},
	broken: (ending) => [
		...unless(
			ending.noted("alarm.changed").filter(({ to }) => to === "ALARM").length >= 2,
			"It did not turn red twice.",
		),
		...unless(hasReached(ending, 100), "An alarm that was red before held the release back."),
		...wentBackFor(ending, "alarm"),
	],
};
