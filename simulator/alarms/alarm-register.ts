import type { RedAlarm } from "../../lib/ports/alarms.ts";
import { type BusEvent, busEventOf } from "../events/bus-event.ts";
import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import type { AlarmActions } from "./alarm-definition.ts";
import { type AlarmReason, alarmTime } from "./alarm-reason.ts";
import type { AlarmState } from "./missing-data.ts";

/** No alarm has this name. AWS answers ResourceNotFound. */
export class InvalidAlarmNameError extends Error {
	override readonly name = "InvalidAlarmNameError";
	constructor(alarmName: string, known: readonly string[]) {
		super(`Alarm "${alarmName}" does not exist: known are ${known.join(", ")}.`);
	}
}

/** What the register keeps of any kind of alarm. */
export interface RegisteredAlarm {
	readonly name: string;
	readonly arn: string;
	readonly actions: AlarmActions;
	/** As it appears in events. */
	readonly configuration: object;
}

export interface AlarmRegisterOptions {
	readonly timers: Timers;
	readonly random: Random;
	/** Receives the event "CloudWatch Alarm State Change" of every change, to be put on the default bus. */
	onStateChange(event: BusEvent): void;
	/** Runs an action of the state that an alarm enters. */
	onAction?(actionArn: string, event: BusEvent): void;
}

/** Holds the state of every alarm and says so when one changes. */
export interface AlarmRegister {
	/** Begins in INSUFFICIENT_DATA. The ARN gives account and region of the events. */
	add(alarm: RegisteredAlarm): void;
	/** @throws InvalidAlarmNameError */
	state(alarmName: string): AlarmState;
	/** Alarms in ALARM, and since when. */
	red(): readonly RedAlarm[];
	/** Takes a new state and sends the event; the present state again changes nothing. @throws InvalidAlarmNameError */
	change(alarmName: string, state: AlarmState, reason: AlarmReason): void;
}

interface Snapshot extends AlarmReason {
	readonly timestamp: string;
	readonly value: AlarmState;
}

interface Entry {
	readonly alarm: RegisteredAlarm;
	snapshot: Snapshot;
	sinceEpochMs: number;
}

/** An empty register of alarms. */
export const createAlarmRegister = (options: AlarmRegisterOptions): AlarmRegister => {
	const { timers, random } = options;
	const entries = new Map<string, Entry>();

	const find = (alarmName: string): Entry => {
		const entry = entries.get(alarmName);
		if (entry === undefined) throw new InvalidAlarmNameError(alarmName, [...entries.keys()]);
		return entry;
	};

	const announce = ({ alarm, snapshot }: Entry, previousState: Snapshot, atEpochMs: number): void => {
		const [, , , region = "", account = ""] = alarm.arn.split(":");
		const content = {
			source: "aws.cloudwatch",
			detailType: "CloudWatch Alarm State Change",
			account,
			region,
			resources: [alarm.arn],
			detail: { alarmName: alarm.name, configuration: alarm.configuration, previousState, state: snapshot },
			atEpochMs,
		};
		const event = busEventOf(content, random);
		options.onStateChange(event);
		if (!alarm.actions.isEnabled) return;
		for (const actionArn of alarm.actions.arns[snapshot.value]) options.onAction?.(actionArn, event);
	};

	return {
		add: (alarm) => {
			const sinceEpochMs = timers.nowEpochMs();
			const reason = "Unchecked: Initial alarm creation";
			const snapshot = { reason, timestamp: alarmTime(sinceEpochMs), value: "INSUFFICIENT_DATA" as const };
			entries.set(alarm.name, { alarm, snapshot, sinceEpochMs });
		},
		state: (alarmName) => find(alarmName).snapshot.value,
		red: () =>
			[...entries.values()]
				.filter(({ snapshot }) => snapshot.value === "ALARM")
				.map(({ alarm, sinceEpochMs }) => ({ name: alarm.name, sinceEpochMs })),
		change: (alarmName, value, reason) => {
			const entry = find(alarmName);
			const previous = entry.snapshot;
			if (previous.value === value) return;
			const nowEpochMs = timers.nowEpochMs();
			entry.snapshot = { ...reason, timestamp: alarmTime(nowEpochMs), value };
			entry.sinceEpochMs = nowEpochMs;
			announce(entry, previous, nowEpochMs);
		},
	};
};
