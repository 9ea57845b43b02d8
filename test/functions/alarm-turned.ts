import alarmFixture from "../fixtures/events/aws.cloudwatch.alarm.json" with { type: "json" };
import type { FunctionStage } from "./function-stage.ts";

/** CloudWatch's way to write a moment: without the colon that ISO 8601 wants in the offset. */
const moment = (epochMs: number): string => new Date(epochMs).toISOString().replace("Z", "+0000");

interface Turn {
	readonly redAtEpochMs: number;
	readonly okSinceEpochMs?: number;
	readonly alarmName?: string;
	readonly executionArn?: string;
	readonly isBlind?: boolean;
}

/** The payload that the rollback machine hands over when an alarm has started it. */
export const alarmTurned = (turn: Turn): object => {
	const {
		redAtEpochMs,
		okSinceEpochMs,
		alarmName = "checkout errors",
		executionArn = "rollback-alarm",
		isBlind = false,
	} = turn;
	const { detail } = alarmFixture;
	const state = { ...detail.state, timestamp: moment(redAtEpochMs) };
	const before = { ...detail.previousState, timestamp: moment(okSinceEpochMs ?? redAtEpochMs - 60_000) };
	return {
		v: 1,
		request: { ...alarmFixture, detail: { ...detail, alarmName, state, previousState: before } },
		executionArn,
		isBlind,
	};
};

/** The same, of an alarm that turns red this moment. */
export const redNow = (stage: FunctionStage): object => alarmTurned({ redAtEpochMs: stage.clock.nowEpochMs() });
