import {
	ExecutionExistsConflictError,
	type ExecutionStatus,
	type Executions,
	ExecutionsUnavailableError,
	TokenGoneConflictError,
} from "../../lib/ports/executions.ts";
import type { Caller } from "../kernel/caller.ts";
import { Refusal } from "../world/refusal.ts";
import { failureOf } from "./call-failure.ts";

/** What this port needs of Step Functions. Refusals are errors with the SDK's names. */
export interface ExecutionEngine {
	start(request: { readonly machineArn: string; readonly name: string; readonly input: unknown }): {
		readonly executionArn: string;
	};
	stop(executionArn: string, error?: string, cause?: string): void;
	describe(executionArn: string): { readonly status: keyof typeof statuses } | null;
	sendTaskSuccess(token: string, output: unknown): void;
}

const statuses = {
	RUNNING: "running",
	SUCCEEDED: "succeeded",
	FAILED: "failed",
	TIMED_OUT: "timed-out",
	ABORTED: "aborted",
} as const satisfies Readonly<Record<string, ExecutionStatus>>;

/** Names under which Step Functions says that nothing waits for a token. */
const tokenGone = ["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"];

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
	error instanceof Error && names.includes(error.name);

/** Refusals that the same call can never get around, by Step Functions' names. */
const permanent = [
	"InvalidExecutionInput",
	"InvalidName",
	"InvalidOutput",
	"InvalidArn",
	"StateMachineDoesNotExist",
] as const;

const failed = (operation: string, error: unknown): Error => {
	const isPermanent = error instanceof Error && isNamed(error, ...permanent);
	const refusal = isPermanent ? new Refusal("ValidationError", `${error.name}: ${error.message}`) : error;
	return failureOf(operation, refusal, ExecutionsUnavailableError);
};

/** Executions of the simulator's Step Functions. */
export const fakeExecutions = (engine: ExecutionEngine, caller: Caller): Executions => ({
	start: async (machineArn, name, input) => {
		// The request is text when it leaves the sandbox: what the sender changes later does not count.
		const text = JSON.stringify(input);
		const call = { operation: "states:StartExecution", resource: machineArn };
		try {
			const { executionArn } = await caller.call(call, () =>
				engine.start({ machineArn, name, input: JSON.parse(text) }),
			);
			return { executionArn };
		} catch (error) {
			if (!isNamed(error, "ExecutionAlreadyExists")) throw failed("StartExecution", error);
			throw new ExecutionExistsConflictError(
				`Execution "${name}" of ${machineArn} exists: allowed is a name that was not used, or its own input while it runs.`,
				{ cause: error },
			);
		}
	},
	stop: async (executionArn, cause) => {
		try {
			await caller.call({ operation: "states:StopExecution", resource: executionArn }, () =>
				engine.stop(executionArn, undefined, cause),
			);
		} catch (error) {
			if (!isNamed(error, "ExecutionDoesNotExist")) throw failed("StopExecution", error);
		}
	},
	status: async (executionArn) => {
		try {
			const call = { operation: "states:DescribeExecution", resource: executionArn };
			const described = await caller.call(call, () => engine.describe(executionArn));
			return described === null ? "unknown" : statuses[described.status];
		} catch (error) {
			throw failed("DescribeExecution", error);
		}
	},
	answer: async (token, output) => {
		const text = JSON.stringify(output);
		try {
			await caller.call({ operation: "states:SendTaskSuccess", resource: "*" }, () =>
				engine.sendTaskSuccess(token, JSON.parse(text)),
			);
		} catch (error) {
			if (!isNamed(error, ...tokenGone)) throw failed("SendTaskSuccess", error);
			throw new TokenGoneConflictError("Nothing waits for this token: it was answered, or its state has ended.", {
				cause: error,
			});
		}
	},
});
