import {
	DescribeExecutionCommand,
	ExecutionAlreadyExists,
	ExecutionDoesNotExist,
	InvalidToken,
	SendTaskSuccessCommand,
	type SFNClient,
	type ExecutionStatus as SfnStatus,
	StartExecutionCommand,
	StopExecutionCommand,
	TaskDoesNotExist,
	TaskTimedOut,
} from "@aws-sdk/client-sfn";
import { InvalidAwsCallError } from "../ports/errors.ts";
import {
	ExecutionExistsConflictError,
	type ExecutionStatus,
	type Executions,
	ExecutionsUnavailableError,
	TokenGoneConflictError,
} from "../ports/executions.ts";
import { failureOf } from "./aws-failure.ts";

/** Longest cause that StopExecution takes, characters. */
const mostCauseLength = 32_768;

/**
 * Executions of Step Functions Standard. A name is taken for 90 days after its execution ended.
 * `status` is eventually consistent: an execution just started may be `unknown` for a moment.
 */
export const stepFunctionsExecutions = (client: SFNClient): Executions => ({
	start: async (machineArn, name, input) => {
		const command = new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) });
		const { executionArn } = await client.send(command).catch((error: unknown) => {
			if (!(error instanceof ExecutionAlreadyExists)) return unavailable("StartExecution")(error);
			const message = `Execution "${name}" of ${machineArn} exists: allowed is a name that was not used, or its own input while it runs.`;
			throw new ExecutionExistsConflictError(message, { cause: error });
		});
		if (executionArn === undefined)
			throw new ExecutionsUnavailableError(`StartExecution of "${name}" answered no ARN.`);
		return { executionArn };
	},
	stop: async (executionArn, cause) => {
		// Step Functions answers an execution that has ended with the time of its end, and changes nothing.
		const command = new StopExecutionCommand({ executionArn, cause: cause.slice(0, mostCauseLength) });
		await client.send(command).catch((error: unknown) => {
			if (!(error instanceof ExecutionDoesNotExist)) unavailable("StopExecution")(error);
		});
	},
	status: async (executionArn) => {
		const described = await client.send(new DescribeExecutionCommand({ executionArn })).catch((error: unknown) => {
			if (error instanceof ExecutionDoesNotExist) return null;
			return unavailable("DescribeExecution")(error);
		});
		return described === null ? "unknown" : statusNamed(described.status);
	},
	answer: async (token, output) => {
		const command = new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) });
		await client.send(command).catch((error: unknown) => {
			const isGone =
				error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;
			if (!isGone) unavailable("SendTaskSuccess")(error);
			// The token itself is a key to the execution and stays out of messages.
			throw new TokenGoneConflictError("Nothing waits for this token: it was answered, or its state has ended.", {
				cause: error,
			});
		});
	},
});

const unavailable =
	(call: string) =>
	(error: unknown): never => {
		throw failureOf(`Step Functions ${call}`, error, ExecutionsUnavailableError);
	};

const statuses: Readonly<Record<SfnStatus, ExecutionStatus>> = {
	RUNNING: "running",
	PENDING_REDRIVE: "running",
	SUCCEEDED: "succeeded",
	FAILED: "failed",
	TIMED_OUT: "timed-out",
	ABORTED: "aborted",
};

// A status that AWS adds one day must not look like an execution that is gone, for whose rollout the reconciler would act.
const statusNamed = (status: SfnStatus | undefined): ExecutionStatus => {
	const known = status === undefined ? undefined : statuses[status];
	if (known !== undefined) return known;
	throw new InvalidAwsCallError(
		`Execution status "${status}" is not known: allowed are ${Object.keys(statuses).join(", ")}.`,
	);
};
