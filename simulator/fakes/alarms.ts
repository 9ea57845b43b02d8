import { type Alarms, AlarmsUnavailableError, type RedAlarm } from "../../lib/ports/alarms.ts";
import type { Caller } from "../kernel/caller.ts";
import { failureOf } from "./call-failure.ts";

/** What knows the alarms' states: the register of simulator/alarms. */
export interface AlarmStates {
	red(): readonly RedAlarm[];
}

/** Alarms as DescribeAlarms answers them: a hundred names fill one page, so that one call is enough. */
export const fakeAlarms = (states: AlarmStates, caller: Caller): Alarms => ({
	readRed: async (alarmNames) => {
		// An empty list of names means all alarms to CloudWatch.
		if (alarmNames.length === 0) return [];
		const asked = new Set(alarmNames);
		try {
			return await caller.call(
				{ operation: "cloudwatch:DescribeAlarms", resource: "*", about: alarmNames.join() },
				() => states.red().filter(({ name }) => asked.has(name)),
			);
		} catch (error) {
			throw failureOf("DescribeAlarms", error, AlarmsUnavailableError);
		}
	},
});
