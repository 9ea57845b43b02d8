import type { JsonValue } from "./json-value.ts";

export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** One event of a history, with AWS's names; what differs from event to event is there only where it applies. */
export interface HistoryEvent {
	/** 1 for ExecutionStarted, then one more each. */
	readonly id: number;
	readonly atEpochMs: number;
	/** As in GetExecutionHistory: `TaskStateEntered`, `TaskScheduled`, `ExecutionSucceeded`. */
	readonly type: string;
	readonly state?: string;
	readonly error?: string;
	readonly cause?: string;
	/** Field whose expression failed, in EvaluationFailed. */
	readonly location?: string;
}

/** An execution as it stands at this moment; what DescribeExecution and GetExecutionHistory answer. */
export interface ExecutionView {
	readonly executionArn: string;
	readonly machineArn: string;
	readonly machineName: string;
	readonly name: string;
	readonly status: ExecutionStatus;
	readonly input: JsonValue;
	readonly output?: JsonValue;
	readonly error?: string;
	readonly cause?: string;
	readonly startEpochMs: number;
	readonly stopEpochMs?: number;
	/** State it is in, or was in last. */
	readonly state?: string;
	readonly eventCount: number;
	/** Grows while it runs. Absent where the engine was told to keep none. */
	readonly history?: readonly HistoryEvent[];
}
