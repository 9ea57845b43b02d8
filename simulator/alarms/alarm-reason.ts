import { isoMillisecond } from "../kernel/iso-time.ts";
import type { Evaluation } from "./alarm.ts";
import type { AlarmDefinition, ComparisonOperator } from "./alarm-definition.ts";
import type { AlarmState } from "./missing-data.ts";

/** What CloudWatch says of a change of state. */
export interface AlarmReason {
	readonly reason: string;
	/** JSON text; absent where the state was not computed from data. */
	readonly reasonData?: string;
}

interface TimedValue {
	readonly value: number;
	readonly atEpochMs: number;
}

const relations: Readonly<Record<ComparisonOperator, string>> = {
	GreaterThanThreshold: "greater than",
	GreaterThanOrEqualToThreshold: "greater than or equal to",
	LessThanThreshold: "less than",
	LessThanOrEqualToThreshold: "less than or equal to",
};

/** A time as alarms write it in events: `2026-01-31T12:00:00.000+0000`. */
export const alarmTime = (atEpochMs: number): string => isoMillisecond(atEpochMs).replace("Z", "+0000");

/** A number as CloudWatch writes it: `50.0`. */
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** A time as CloudWatch writes it in a reason: `31/01/26 12:00:00`. */
const shortTime = (atEpochMs: number): string => {
	const text = isoMillisecond(atEpochMs);
	return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(2, 4)} ${text.slice(11, 19)}`;
};

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** The newest real data points, at most as many as are evaluated, newest first. */
const newestReal = (definition: AlarmDefinition, { values, startEpochMs }: Evaluation): readonly TimedValue[] => {
	const found: TimedValue[] = [];
	for (let index = values.length - 1; index >= 0 && found.length < definition.evaluationPeriods; index--) {
		const value = values[index] ?? Number.NaN;
		if (Number.isNaN(value)) continue;
		found.push({ value, atEpochMs: startEpochMs + index * definition.periodSeconds * 1_000 });
	}
	return found;
};

const sentence = (
	definition: AlarmDefinition,
	real: readonly TimedValue[],
	from: AlarmState,
	to: AlarmState,
): string => {
	const { evaluationPeriods: periods, datapointsToAlarm: needed } = definition;
	if (to === "INSUFFICIENT_DATA") {
		const unknown = periods - real.length;
		return `Insufficient Data: ${counted(unknown, "datapoint")} ${unknown === 1 ? "was" : "were"} unknown.`;
	}
	if (real.length === 0) {
		const treated = definition.treatMissingData === "breaching" ? "Breaching" : "NonBreaching";
		const gaps = counted(periods, "missing datapoint");
		const silence = `no datapoints were received for ${counted(periods, "period")}`;
		return `Threshold Crossed: ${silence} and ${gaps} ${periods === 1 ? "was" : "were"} treated as [${treated}].`;
	}
	const listed = real.map(({ value, atEpochMs }) => `${decimal(value)} (${shortTime(atEpochMs)})`).join(", ");
	const isRed = to === "ALARM";
	const relation = `${isRed ? "" : "not "}${relations[definition.operator]} the threshold (${decimal(definition.threshold)})`;
	const minimum = counted(isRed ? needed : periods - needed + 1, "datapoint");
	const verb = real.length === 1 ? "was" : "were";
	const evaluated = `${real.length} out of the last ${counted(periods, "datapoint")} [${listed}]`;
	return `Threshold Crossed: ${evaluated} ${verb} ${relation} (minimum ${minimum} for ${from} -> ${to} transition).`;
};

/** Explains a change of state in the words and the JSON of CloudWatch's own events. */
export const reasonOf = (
	definition: AlarmDefinition,
	evaluation: Evaluation,
	from: AlarmState,
	nowEpochMs: number,
): AlarmReason => {
	const real = newestReal(definition, evaluation);
	const oldest = real.at(-1);
	const [only] = definition.queries.length === 1 ? definition.queries : [];
	const data = {
		version: "1.0",
		queryDate: alarmTime(nowEpochMs),
		...(oldest === undefined ? {} : { startDate: alarmTime(oldest.atEpochMs) }),
		...(only?.kind === "metric" ? { statistic: only.statistic } : {}),
		period: definition.periodSeconds,
		recentDatapoints: real.map(({ value }) => value).reverse(),
		threshold: definition.threshold,
	};
	return { reason: sentence(definition, real, from, evaluation.state), reasonData: JSON.stringify(data) };
};
