import { approvePromptly, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

/** An alarm turns red in the window, with everything on the new version: the old slot is warm, and one call brings it back. */
export const lateAlarm: Scenario = {
	name: "late-alarm",
	story: "Ten minutes after promotion, with all traffic on it, the new version begins to lose orders.",
	service: "checkout",
	expected: "rolled-back",
	candidate: {},
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind !== "rollout.promoted.v1") return;
		stage.after(600, () => stage.changeCandidate({ customMetrics: [failedOrders("checkout", "OrdersFailed")] }));
	},
	broken: ({ alarmTurnedRed, weightAtRollbackPercent }) => [
		...(alarmTurnedRed ? [] : ["No alarm turned red."]),
		...(weightAtRollbackPercent === 100
			? []
			: [`The rollback began at ${weightAtRollbackPercent} %; it should have at 100 %.`]),
	],
};
