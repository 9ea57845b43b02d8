import { unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";
import { failedOrders } from "./failed-orders.ts";

const daySeconds = 86_400;

/** EventBridge may deliver an event a day late: what it tells of is long over, and is about no rollout of today. */
export const staleAlarm: Scenario = {
	name: "stale-alarm",
	story: "The event of an alarm of yesterday arrives a day late, in the midst of today's rollout.",
	service: "checkout",
	expected: "promoted",
	limitSeconds: daySeconds + 4 * 3_600,
	candidate: {},
	begin: (stage) => {
		stage.delayDeliveries(({ ruleName }) => ruleName.includes("AlarmTurnedRed"), daySeconds);
		stage.feed(failedOrders("checkout", "OrdersFailed"), 100, 60);
		stage.after(daySeconds - 300, () => stage.push());
	},
	react: approvePromptly,
	broken: ({ told, noted, alarmTurnedRed }) => {
		const started = told("rollout.started.v1")[0]?.atSeconds ?? Infinity;
		const promoted = told("rollout.promoted.v1")[0]?.atSeconds ?? 0;
		const delivered = (noted("alarm.changed").find(({ to }) => to === "ALARM")?.atSeconds ?? 0) + daySeconds;
		return [
			...unless(alarmTurnedRed, "No alarm turned red."),
			...unless(started < delivered && delivered < promoted + 3_600, "The event did not arrive during the rollout."),
		];
	},
};
