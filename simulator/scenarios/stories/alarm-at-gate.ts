import { approvePromptly, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

/** Weight at which the second approval is asked for, and the one the canary has while it is pending. */
const pendingAtPercent = 25;

/** An alarm turns red while an approval is pending and nobody answers: a closed gate must not hold a rollback back. */
export const alarmAtGate: Scenario = {
	name: "alarm-at-gate",
	story: "The canary waits at 25 % for an approval that does not come, and begins to lose payments.",
	service: "payments",
	expected: "rolled-back",
	candidate: {},
	react: (event, stage) => {
		const isAwaited = event.kind === "rollout.paused.v1" && event.detail.explanation.includes(" 50 %");
		// All that is said counts for people: an approval that is one of two has them ask a colleague.
		if (!isAwaited) return approvePromptly(event, stage);
		stage.after(120, () => stage.changeCandidate({ customMetrics: [failedOrders("payments", "PaymentsDeclined")] }));
	},
	broken: ({ alarmTurnedRed, weightAtRollbackPercent }) => [
		...(alarmTurnedRed ? [] : ["No alarm turned red."]),
		...(weightAtRollbackPercent === pendingAtPercent
			? []
			: [`The rollback began at ${weightAtRollbackPercent} %; it should have at ${pendingAtPercent} %.`]),
	],
};
