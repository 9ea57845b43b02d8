import { approvePromptly, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

/** The user's own alarm turns red while the first step bakes; Sluice obeys it. */
export const alarmInBake: Scenario = {
	name: "alarm-in-bake",
	story: "The new version loses orders without an error; the shop's own alarm turns red while it bakes.",
	service: "checkout",
	expected: "rolled-back",
	candidate: { customMetrics: [failedOrders("checkout", "OrdersFailed")] },
	react: approvePromptly,
	broken: ({ alarmTurnedRed }) =>
		alarmTurnedRed ? [] : ["It was rolled back, but no alarm turned red: something else decided."],
};
