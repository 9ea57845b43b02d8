import { isDeepStrictEqual } from "node:util";
import { executionArnOf } from "../../lib/ports/executions.ts";
import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import { uuidOf } from "../kernel/uuid.ts";
import type { EngineHooks } from "./engine-hooks.ts";
import { Execution } from "./execution.ts";
import type { ExecutionView } from "./execution-view.ts";
import { interpret } from "./interpreter.ts";
import { exceedsPayloadLimit, type JsonValue, jsonCopyOf } from "./json-value.ts";
import type { Runtime, StartRequest } from "./runtime.ts";
import type { StateMachine } from "./state-machine.ts";
import { createStatesFunctions } from "./states-functions.ts";
import { StatesServiceError } from "./states-service-error.ts";
import { TaskFailure } from "./task-failure.ts";
import { TaskTokens } from "./task-tokens.ts";

/** AWS refuses white space, brackets, wildcards and punctuation that means something elsewhere. */
const namePattern = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** What an engine needs. */
export interface EngineOptions {
	readonly timers: Timers;
	readonly random: Random;
	readonly hooks: EngineHooks;
	/** Whether views carry a history; events are counted either way. True unless said otherwise. */
	readonly keepsHistory?: boolean;
}

/** Whether the execution that answers a start was running before. */
export interface StartAnswer {
	readonly executionArn: string;
	readonly alreadyRunning: boolean;
}

/** Step Functions of one account and region. Methods throw StatesServiceError. */
export type Engine = StatesEngine;

/**
 * An engine that runs Standard executions of the machines registered with it.
 * Two engines with the same seed, hooks and calls write the same histories.
 */
export const createEngine = (options: EngineOptions): Engine => new StatesEngine(options);

class StatesEngine {
	readonly #machines = new Map<string, StateMachine>();
	readonly #executions = new Map<string, Execution>();
	readonly #runtime: Runtime;
	readonly #keepsHistory: boolean;

	constructor({ timers, random, hooks, keepsHistory = true }: EngineOptions) {
		this.#keepsHistory = keepsHistory;
		this.#runtime = {
			timers,
			hooks,
			functions: createStatesFunctions(timers, random.stream("asl/expressions")),
			tokens: new TaskTokens(random.stream("asl/tokens")),
			retryRandom: random.stream("asl/retries"),
			idRandom: random.stream("asl/ids"),
			start: (request) => this.#start(request),
		};
	}

	/** Adds a machine, or replaces it for executions still to come. */
	register(machine: StateMachine): void {
		this.#machines.set(machine.arn, machine);
	}

	/**
	 * Starts an execution; the same name and input while it runs answers the running one. Its first state comes later.
	 * @throws StatesServiceError ExecutionAlreadyExists when the name was used for anything else.
	 */
	start(request: StartRequest): StartAnswer {
		const { execution, alreadyRunning } = this.#start(request);
		return { executionArn: execution.executionArn, alreadyRunning };
	}

	/**
	 * Ends an execution where it stands: no further state, retry or wait. A function under way goes on, unheard.
	 * One that has ended stays as it is. @throws StatesServiceError ExecutionDoesNotExist
	 */
	stop(executionArn: string, error?: string, cause?: string): void {
		const execution = this.#executions.get(executionArn);
		if (execution === undefined) {
			throw new StatesServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
		}
		const why = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
		execution.end({ status: "ABORTED", ...why });
	}

	/** Ends an execution as if its machine's time were up. One that has ended stays as it is. */
	timeOut(executionArn: string): void {
		this.#executions.get(executionArn)?.end({ status: "TIMED_OUT" });
	}

	/** The execution as it stands; null where there is none. */
	describe(executionArn: string): ExecutionView | null {
		return this.#executions.get(executionArn)?.view() ?? null;
	}

	/** All executions, in the order they were started. */
	list(): readonly ExecutionView[] {
		return [...this.#executions.values()].map((execution) => execution.view());
	}

	/**
	 * Answers the state that waits for the token.
	 * @throws StatesServiceError TaskTimedOut for a late or repeated answer, TaskDoesNotExist for a token never issued,
	 * InvalidOutput for an output that is too large.
	 */
	sendTaskSuccess(token: string, output: unknown): void {
		const copy = jsonCopyOf(output) ?? null;
		if (exceedsPayloadLimit(copy)) throw new StatesServiceError("InvalidOutput", "The output is too large.");
		this.#runtime.tokens.redeem(token).succeed(copy);
	}

	/** Fails the state that waits for the token. @throws StatesServiceError TaskTimedOut, TaskDoesNotExist */
	sendTaskFailure(token: string, error: string, cause?: string): void {
		this.#runtime.tokens.redeem(token).fail(new TaskFailure(error, cause));
	}

	#start(request: StartRequest): { execution: Execution; alreadyRunning: boolean } {
		const machine = this.#machines.get(request.machineArn);
		if (machine === undefined) {
			throw new StatesServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${request.machineArn}'`);
		}
		const name = request.name ?? uuidOf(this.#runtime.idRandom);
		if (!namePattern.test(name)) throw new StatesServiceError("InvalidName", `Invalid Name: '${name}'`);
		const input = jsonCopyOf(request.input) ?? {};
		if (exceedsPayloadLimit(input)) throw new StatesServiceError("InvalidExecutionInput", "The input is too large.");
		const executionArn = executionArnOf(machine.arn, name);
		const earlier = this.#executions.get(executionArn);
		if (earlier !== undefined) {
			if (earlier.status === "RUNNING" && isDeepStrictEqual(earlier.input, input)) {
				return { execution: earlier, alreadyRunning: true };
			}
			throw new StatesServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${executionArn}'`);
		}
		return { execution: this.#begin({ machine, name, executionArn, input }), alreadyRunning: false };
	}

	#begin(start: { machine: StateMachine; name: string; executionArn: string; input: JsonValue }): Execution {
		const { timers, hooks } = this.#runtime;
		const execution = new Execution(start, timers, this.#keepsHistory);
		this.#executions.set(start.executionArn, execution);
		execution.onEnd(() => hooks.onStatusChange(execution.view()));
		hooks.onStatusChange(execution.view());
		// Not awaited: it lives on timers. A fault of the simulator in it is unhandled on purpose, and ends the process.
		void interpret(execution, this.#runtime);
		return execution;
	}
}
