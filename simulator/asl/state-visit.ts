import { isoMillisecond } from "../kernel/iso-time.ts";
import type { Leaving, Next, State } from "./definition.ts";
import { type Bindings, evaluateTemplate, QueryError } from "./evaluation.ts";
import type { Execution } from "./execution.ts";
import { exceedsPayloadLimit, isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import type { Runtime } from "./runtime.ts";
import { TaskFailure } from "./task-failure.ts";

/** How a state was left. */
export interface Outcome {
	readonly output: JsonValue;
	readonly next: Next;
}

/** Variables of an execution; replaced as a whole, so that a visit keeps those it was entered with. */
export interface Variables {
	current: JsonObject;
}

/** What exists in some places only: `result` after a task's success, `errorOutput` in a catcher, a token in Arguments. */
interface Extra {
	readonly result?: JsonValue;
	readonly errorOutput?: JsonValue;
	readonly token?: string | null;
}

/** One visit to one state: what expressions see there, how its errors read, and how it is left. */
export class StateVisit<S extends State = State> {
	readonly state: S;
	readonly input: JsonValue;
	readonly execution: Execution;
	readonly runtime: Runtime;
	/** Retries so far in this visit. */
	retryCount = 0;
	readonly #variables: Variables;
	readonly #enteredEventId: number;
	readonly #enteredTime: string;

	constructor(state: S, input: JsonValue, execution: Execution, runtime: Runtime, variables: Variables) {
		this.state = state;
		this.input = input;
		this.execution = execution;
		this.runtime = runtime;
		this.#variables = variables;
		this.#enteredEventId = execution.record(`${state.type}StateEntered`, { state: state.name });
		this.#enteredTime = isoMillisecond(runtime.timers.nowEpochMs());
	}

	/** Everything an expression of this state can refer to. */
	bindings(extra: Extra = {}): Bindings {
		const { token, ...parts } = extra;
		const states = { input: this.input, context: this.#context(token ?? null), ...parts };
		return { ...this.runtime.functions, ...this.#variables.current, states };
	}

	/**
	 * Leaves the state: Assign and Output are both evaluated with the values at entry, then take effect together.
	 * @throws QueryError, TaskFailure
	 */
	async leave(leaving: Leaving, output: JsonValue, next: Next, extra: Extra = {}): Promise<Outcome> {
		if (leaving.assign !== null || leaving.output !== null) {
			const bindings = this.bindings(extra);
			const assigned = leaving.assign === null ? null : await evaluateTemplate(leaving.assign, bindings);
			const written = leaving.output === null ? output : await evaluateTemplate(leaving.output, bindings);
			if (leaving.output !== null) this.checkSize(written);
			if (isJsonObject(assigned)) {
				for (const value of Object.values(assigned)) this.checkSize(value);
			}
			this.execution.record(`${this.state.type}StateExited`, { state: this.state.name });
			if (isJsonObject(assigned)) this.#variables.current = { ...this.#variables.current, ...assigned };
			return { output: written, next };
		}
		this.execution.record(`${this.state.type}StateExited`, { state: this.state.name });
		return { output, next };
	}

	/** @throws TaskFailure States.DataLimitExceeded for a payload that is too large. */
	checkSize(value: JsonValue): void {
		if (!exceedsPayloadLimit(value)) return;
		const what = `The state/task '${this.state.name}' returned a result with a size exceeding the maximum number of bytes`;
		throw new TaskFailure("States.DataLimitExceeded", this.#inState(`${what} service limit.`));
	}

	/**
	 * The failure that an error means here; an expression's is written into the history as well.
	 * Anything else than a failure is a fault of the simulator and thrown on.
	 */
	failureOf(error: unknown): TaskFailure {
		if (error instanceof TaskFailure) return error;
		if (!(error instanceof QueryError)) throw error;
		const cause = this.#inState(error.message);
		const details = { state: this.state.name, error: "States.QueryEvaluationError", cause, location: error.location };
		this.execution.record("EvaluationFailed", details);
		return new TaskFailure("States.QueryEvaluationError", cause);
	}

	#inState(message: string): string {
		const entered = `(entered at the event id #${this.#enteredEventId})`;
		return `An error occurred while executing the state '${this.state.name}' ${entered}. ${message}`;
	}

	#context(token: string | null): JsonObject {
		const { machine, executionArn, input, name, startEpochMs } = this.execution;
		return {
			Execution: {
				Id: executionArn,
				Input: input,
				Name: name,
				RoleArn: machine.roleArn,
				StartTime: isoMillisecond(startEpochMs),
				RedriveCount: 0,
			},
			State: {
				Name: this.state.name,
				EnteredTime: this.#enteredTime,
				...(this.state.type === "Task" ? { RetryCount: this.retryCount } : {}),
			},
			StateMachine: { Id: machine.arn, Name: machine.name },
			...(token === null ? {} : { Task: { Token: token } }),
		};
	}
}
