import type { BusEvent } from "../events/bus-event.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";

/**
 * Half of what Step Functions allows: 25,000 events in the history of a Standard execution, 256 KiB in a payload.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const mostEvents = 12_500;
const mostPayloadBytes = 128 * 1024;

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const longestName = 80;

/**
 * All that one entry of PutEvents may have; the envelope that is counted here with it is larger than the entry.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
const mostEventBytes = 256 * 1024;

/**
 * A quarter of what an item of DynamoDB may have: as JSON, which is a little longer than what is counted there.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
const mostRecordBytes = 100 * 1024;

/** Bytes as JSON. UTF-8 takes 1 to 3 bytes per UTF-16 unit, so what is short need not be encoded to be known as small. */
const bytesOf = (value: unknown, limit: number): number => {
	const text = JSON.stringify(value) ?? "";
	return text.length * 3 <= limit ? text.length : Buffer.byteLength(text);
};

const watch = ({ system }: Observation): Watching => {
	const { clock, engine } = system;
	const findings = new Findings();
	const hold = (what: string, measured: number, limit: number): void => {
		if (measured > limit) findings.add(clock.nowEpochMs(), `${what}: ${measured}; allowed are ${limit}.`);
	};
	const holdBytes = (what: string, value: unknown, limit: number): void =>
		hold(`bytes in ${what}`, bytesOf(value, limit), limit);
	return {
		onStateWritten: (state) => holdBytes(`the record of ${state.service}`, state, mostRecordBytes),
		onEvent: (_busName, event: BusEvent) => holdBytes(`an event ${event["detail-type"]}`, event, mostEventBytes),
		broken: () => {
			for (const { name, machineName, eventCount, input, output } of engine.list()) {
				const execution = `${name} of ${machineName}`;
				hold(`events of ${execution}`, eventCount, mostEvents);
				hold(`characters in the name of ${execution}`, name.length, longestName);
				holdBytes(`the input of ${execution}`, input, mostPayloadBytes);
				holdBytes(`the output of ${execution}`, output ?? null, mostPayloadBytes);
			}
			return findings.sentences;
		},
	};
};

/** Measures what grows with time and with data, against limits that AWS publishes. */
export const withinAwsLimits: Checker = { promise: "Payloads and histories stay within AWS's limits.", watch };
