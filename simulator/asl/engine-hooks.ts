import type { ExecutionView } from "./execution-view.ts";

/** What takes time in the service itself. `states:DescribeExecution` is how long a parent takes to notice its child's end. */
export type StatesOperation =
	| "states:Transition"
	| "states:StartExecution"
	| "states:DescribeExecution"
	| "lambda:Invoke";

/** One invocation of a function by a state machine. */
export interface FunctionCall {
	readonly functionArn: string;
	/** The caller's own copy. */
	readonly payload: unknown;
	readonly roleArn: string;
	readonly executionArn: string;
	readonly stateName: string;
}

/** The world around the engine. */
export interface EngineHooks {
	/** Invokes a Lambda function and answers the parsed payload. @throws TaskFailure; anything else ends the process loudly. */
	invokeFunction(call: FunctionCall): Promise<unknown>;
	/** @throws TaskFailure when the machine's role may not do this. */
	authorize(roleArn: string, action: string, resourceArn: string): void;
	/** Told of RUNNING and of the end: for the event "Step Functions Execution Status Change". */
	onStatusChange(execution: ExecutionView): void;
	/** Told when an execution enters a state, before the state does anything. */
	onStateEntered?(
		execution: Pick<ExecutionView, "executionArn" | "machineName" | "name" | "input">,
		stateName: string,
	): void;
	/** Drawn per call, milliseconds, 0 or more: a transition, or the request leg of a service integration. */
	latencyMs(operation: StatesOperation): number;
}
