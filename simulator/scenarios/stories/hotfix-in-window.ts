import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

/**
 * The version in the window begins to lose orders and somebody pushes its repair at once. Whether the alarm or the push
 * comes first, the repair is rolled out: an alarm that was red before it does not hold it back.
 */
export const hotfixInWindow: Scenario = {
	name: "hotfix-in-window",
	story: "The version in the window begins to lose orders, and its repair is pushed before the alarm has turned red.",
	service: "checkout",
	expected: ["promoted", "promoted"],
	orElse: [["rolled-back", "promoted"]],
	candidate: {},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind !== "rollout.promoted.v1") return;
		stage.once("trouble", () => {
			stage.after(600, () => stage.changeCandidate({ customMetrics: [failedOrders("checkout", "OrdersFailed")] }));
			stage.after(605, () => stage.push("hotfix", "v3"));
		});
	},
	broken: (ending) => [
		...hasBegun(ending, 2),
		...unless(ending.alarmTurnedRed, "No alarm turned red."),
		...unless(ending.requestsOf("hotfix").good > 0, "The repair never served a request."),
	],
};
