import { executionArnOf } from "../../lib/ports/executions.ts";
import { isoMillisecond } from "../kernel/iso-time.ts";
import { uuidOf } from "../kernel/uuid.ts";
import type { Execution } from "./execution.ts";
import { type Integration, type IntegrationCall, sdkMetadataOf, textArgument } from "./integration.ts";
import type { JsonObject, JsonValue } from "./json-value.ts";
import type { Runtime } from "./runtime.ts";
import { StatesServiceError } from "./states-service-error.ts";
import { TaskFailure } from "./task-failure.ts";

/** Rule through which Step Functions hears of a child's end; the parent's role must be allowed to keep it. */
const managedRule = "StepFunctionsGetEventsForStepFunctionsExecutionRule";

const managedRuleArnOf = (machineArn: string): string => {
	const [, partition, , region, account] = machineArn.split(":");
	return `arn:${partition}:events:${region}:${account}:rule/${managedRule}`;
};

/**
 * Starts the child after the request leg. When the parent follows it, an attempt that is over before the child,
 * be it stopped or timed out, stops the child.
 */
const startChild = async (call: IntegrationCall, runtime: Runtime, isFollowed: boolean): Promise<Execution> => {
	const { execution, stateName, attempt } = call;
	const { hooks } = runtime;
	await attempt.sleep(hooks.latencyMs("states:StartExecution"));
	execution.record("TaskStarted", { state: stateName });
	const machineArn = textArgument(call, "StateMachineArn");
	const name = call.arguments.Name === undefined ? uuidOf(runtime.idRandom) : textArgument(call, "Name");
	const { roleArn, arn } = execution.machine;
	if (isFollowed) {
		const ruleArn = managedRuleArnOf(arn);
		for (const action of ["PutTargets", "PutRule", "DescribeRule"]) {
			hooks.authorize(roleArn, `events:${action}`, ruleArn);
		}
	}
	hooks.authorize(roleArn, "states:StartExecution", machineArn);
	if (isFollowed) {
		const childArn = executionArnOf(machineArn, name);
		for (const action of ["DescribeExecution", "StopExecution"]) hooks.authorize(roleArn, `states:${action}`, childArn);
	}
	try {
		const { execution: child } = runtime.start({ machineArn, name, input: call.arguments.Input ?? {} });
		const cause = `Its parent ${execution.executionArn} no longer waits for it.`;
		if (isFollowed) attempt.whenOver(() => child.end({ status: "ABORTED", cause }));
		return child;
	} catch (error) {
		if (!(error instanceof StatesServiceError)) throw error;
		throw new TaskFailure(`StepFunctions.${error.name}Exception`, error.message);
	}
};

/** The child as DescribeExecution tells it in a `.sync:2` result; Step Functions writes these dates as numbers. */
const descriptionOf = (child: Execution): JsonObject => {
	const view = child.view();
	return {
		...(view.cause === undefined ? {} : { Cause: view.cause }),
		...(view.error === undefined ? {} : { Error: view.error }),
		ExecutionArn: view.executionArn,
		Input: view.input,
		InputDetails: { Included: true },
		Name: view.name,
		...(view.output === undefined ? {} : { Output: view.output, OutputDetails: { Included: true } }),
		StartDate: view.startEpochMs,
		StateMachineArn: view.machineArn,
		Status: view.status,
		...(view.stopEpochMs === undefined ? {} : { StopDate: view.stopEpochMs }),
	};
};

/** `states:startExecution`: starts a child and goes on. */
export const startExecution: Integration = async (call, runtime) => {
	const child = await startChild(call, runtime, false);
	const started = { ExecutionArn: child.executionArn, StartDate: isoMillisecond(child.startEpochMs) };
	return { ...started, ...sdkMetadataOf(runtime) };
};

/** `states:startExecution.sync:2`: starts a child and waits for its end. */
export const startExecutionAndWait: Integration = async (call, runtime): Promise<JsonValue> => {
	const { attempt, execution, stateName } = call;
	const child = await startChild(call, runtime, true);
	execution.record("TaskSubmitted", { state: stateName });
	if (child.status === "RUNNING") {
		await new Promise<void>((resolve) => {
			attempt.whenOver(child.onEnd(resolve));
		});
	}
	await attempt.sleep(runtime.hooks.latencyMs("states:DescribeExecution"));
	const description = descriptionOf(child);
	if (child.status === "SUCCEEDED") return description;
	const cause = { ...description, Input: JSON.stringify(description.Input) };
	throw new TaskFailure("States.TaskFailed", JSON.stringify(cause));
};
