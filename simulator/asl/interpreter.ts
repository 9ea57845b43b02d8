import type { ChoiceState, FailState, State, WaitState } from "./definition.ts";
import { evaluateSeconds, evaluateTyped } from "./evaluation.ts";
import { type Execution, ExecutionOver } from "./execution.ts";
import type { JsonValue } from "./json-value.ts";
import type { Runtime } from "./runtime.ts";
import { maxSeconds } from "./state-parser.ts";
import { type Outcome, StateVisit, type Variables } from "./state-visit.ts";
import { runTask } from "./task-runner.ts";

/** Takes an execution from its first state to its end. Resolves when it is over, or when nothing of it runs any more. */
export const interpret = async (execution: Execution, runtime: Runtime): Promise<void> => {
	try {
		await runStates(execution, runtime);
	} catch (error) {
		if (!(error instanceof ExecutionOver)) throw error;
	}
};

const runStates = async (execution: Execution, runtime: Runtime): Promise<void> => {
	const { startAt, states } = execution.machine.definition;
	const variables: Variables = { current: {} };
	let name: string = startAt;
	let input: JsonValue = execution.input;
	for (;;) {
		await execution.sleep(runtime.hooks.latencyMs("states:Transition"));
		const visit = new StateVisit(states.get(name) as State, input, execution, runtime, variables);
		const { executionArn, machine, name: executionName, input: given } = execution;
		runtime.hooks.onStateEntered?.(
			{ executionArn, machineName: machine.name, name: executionName, input: given },
			name,
		);
		const outcome = await runState(visit);
		if (outcome === null) return;
		if (outcome.next === null) return execution.end({ status: "SUCCEEDED", output: outcome.output });
		name = outcome.next;
		input = outcome.output;
	}
};

/** Null when the state ended the execution by failing. */
const runState = async (visit: StateVisit): Promise<Outcome | null> => {
	try {
		return await runByType(visit);
	} catch (error) {
		const { error: name, cause } = visit.failureOf(error);
		visit.execution.end({ status: "FAILED", error: name, ...(cause === undefined ? {} : { cause }) });
		return null;
	}
};

const runByType = (visit: StateVisit): Promise<Outcome | null> => {
	const { state, input } = visit;
	switch (state.type) {
		case "Task":
			return runTask(visit as StateVisit<typeof state>);
		case "Choice":
			return choose(visit, state);
		case "Wait":
			return wait(visit, state);
		case "Pass":
			return visit.leave(state, input, state.next);
		case "Succeed":
			return visit.leave({ assign: null, output: state.output }, input, null);
		case "Fail":
			return fail(visit, state);
	}
};

/** The first rule whose condition holds; its own Assign and Output count, the state's serve the default only. */
const choose = async (visit: StateVisit, state: ChoiceState): Promise<Outcome> => {
	const bindings = visit.bindings();
	for (const rule of state.rules) {
		if (await evaluateTyped(rule.condition, "boolean", bindings)) return visit.leave(rule, visit.input, rule.next);
	}
	return visit.leave(state, visit.input, state.default);
};

const wait = async (visit: StateVisit, state: WaitState): Promise<Outcome> => {
	const seconds = await evaluateSeconds(state.seconds, 0, maxSeconds, visit.bindings());
	await visit.execution.sleep(seconds * 1000);
	return visit.leave(state, visit.input, state.next);
};

const fail = async (visit: StateVisit, state: FailState): Promise<null> => {
	const bindings = visit.bindings();
	const error = state.error === null ? undefined : await evaluateTyped(state.error, "string", bindings);
	const cause = state.cause === null ? undefined : await evaluateTyped(state.cause, "string", bindings);
	const named = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
	visit.execution.end({ status: "FAILED", ...named });
	return null;
};
