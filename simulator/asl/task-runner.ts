import { Attempt } from "./attempt.ts";
import type { TaskResource, TaskState } from "./definition.ts";
import { matchesError } from "./error-matching.ts";
import { evaluateSeconds, evaluateTemplate } from "./evaluation.ts";
import type { Integration } from "./integration.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { invokeFunction, invokeFunctionAndWait } from "./lambda-integration.ts";
import { startExecution, startExecutionAndWait } from "./nested-execution.ts";
import { createRetryPolicy } from "./retry-policy.ts";
import { maxSeconds } from "./state-parser.ts";
import type { Outcome, StateVisit } from "./state-visit.ts";
import { TaskFailure } from "./task-failure.ts";

const integrations: Readonly<Record<TaskResource, Integration>> = {
	"arn:aws:states:::lambda:invoke": invokeFunction,
	"arn:aws:states:::lambda:invoke.waitForTaskToken": invokeFunctionAndWait,
	"arn:aws:states:::states:startExecution": startExecution,
	"arn:aws:states:::states:startExecution.sync:2": startExecutionAndWait,
};

type TaskVisit = StateVisit<TaskState>;

/** Evaluates Arguments anew, so that every attempt has a token of its own, calls the service and answers its result. */
const attemptTask = async (visit: TaskVisit): Promise<JsonValue> => {
	const { state, execution, runtime } = visit;
	const token = state.resource.endsWith(".waitForTaskToken") ? runtime.tokens.issue() : null;
	const bindings = visit.bindings({ token });
	const args = state.arguments === null ? visit.input : await evaluateTemplate(state.arguments, bindings);
	if (!isJsonObject(args)) throw new TaskFailure("States.Runtime", "The task's arguments are not an object.");
	visit.checkSize(args);
	const timeoutSeconds =
		state.timeoutSeconds === null ? null : await evaluateSeconds(state.timeoutSeconds, 1, maxSeconds, bindings);
	execution.record("TaskScheduled", { state: state.name });
	const attempt = new Attempt(execution);
	const call = { execution, stateName: state.name, arguments: args, token, attempt };
	try {
		const result = await attempt.run(timeoutSeconds, () => integrations[state.resource](call, runtime));
		visit.checkSize(result);
		execution.record("TaskSucceeded", { state: state.name });
		return result;
	} catch (error) {
		if (error instanceof TaskFailure) recordFailure(visit, error);
		throw error;
	}
};

const recordFailure = (visit: TaskVisit, failure: TaskFailure): void => {
	const { error, cause } = failure;
	const details = { state: visit.state.name, error, ...(cause === undefined ? {} : { cause }) };
	visit.execution.record(error === "States.Timeout" ? "TaskTimedOut" : "TaskFailed", details);
};

/** Hands a failure that no retrier took to the first catcher that matches. @throws TaskFailure when none does. */
const catchFailure = (visit: TaskVisit, failure: TaskFailure): Promise<Outcome> => {
	const catcher = visit.state.catchers.find(({ errorEquals }) => matchesError(errorEquals, failure.error));
	if (catcher === undefined) throw failure;
	const { error, cause } = failure;
	const errorOutput: JsonObject = { Error: error, ...(cause === undefined ? {} : { Cause: cause }) };
	return visit.leave(catcher, errorOutput, catcher.next, { errorOutput });
};

/**
 * Runs a task until it succeeds or its failure is final. A retry writes no event of its own, and covers what comes
 * after the call too: a failing Assign or Output runs the task again, which is why tasks must be idempotent.
 * @throws TaskFailure, QueryError
 */
export const runTask = async (visit: TaskVisit): Promise<Outcome> => {
	const { state, execution, runtime } = visit;
	const retries = createRetryPolicy(state.retriers, runtime.retryRandom);
	for (;;) {
		try {
			const result = await attemptTask(visit);
			return await visit.leave(state, result, state.next, { result });
		} catch (error) {
			const failure = visit.failureOf(error);
			const delayMs = retries.next(failure.error);
			if (delayMs === null) return await catchFailure(visit, failure);
			visit.retryCount = retries.retryCount;
			await execution.sleep(delayMs);
		}
	}
};
