import { UnavailableError } from "./errors.ts";

export class AlarmsUnavailableError extends UnavailableError {
	override readonly name = "AlarmsUnavailableError";
}

export interface RedAlarm {
	readonly name: string;
	/** When it turned red. */
	readonly sinceEpochMs: number;
}

/** The alarms' present states, for what events cannot tell: what was red before we began to listen. */
export interface Alarms {
	/** Those of the named alarms that are in ALARM. At most 100 names. */
	readRed(alarmNames: readonly string[]): Promise<readonly RedAlarm[]>;
}
