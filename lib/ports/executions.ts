import { ConflictError, UnavailableError } from "./errors.ts";

/** The token was answered already, or what waited for it has ended. */
export class TokenGoneConflictError extends ConflictError {
	override readonly name = "TokenGoneConflictError";
}

/** An execution of that name exists with another input, or has ended. */
export class ExecutionExistsConflictError extends ConflictError {
	override readonly name = "ExecutionExistsConflictError";
}

export class ExecutionsUnavailableError extends UnavailableError {
	override readonly name = "ExecutionsUnavailableError";
}

export type ExecutionStatus = "running" | "succeeded" | "failed" | "timed-out" | "aborted" | "unknown";

/** Starts, ends and asks after executions of state machines. */
export interface Executions {
	/**
	 * Starts an execution; the same name and input while it runs answers the running one.
	 * @throws ExecutionExistsConflictError when the name was used for anything else.
	 */
	start(machineArn: string, name: string, input: object): Promise<{ readonly executionArn: string }>;
	/** Ends an execution; one that has ended, or never was, is success. */
	stop(executionArn: string, cause: string): Promise<void>;
	/** `unknown` where no such execution exists. */
	status(executionArn: string): Promise<ExecutionStatus>;
	/** Answers a waiting state. @throws TokenGoneConflictError when nothing waits for it any more. */
	answer(token: string, output: object): Promise<void>;
}

/** The ARN that an execution of a machine has, by AWS's own rule. */
export const executionArnOf = (machineArn: string, name: string): string =>
	`${machineArn.replace(":stateMachine:", ":execution:")}:${name}`;
