import type { Cancel, Timers } from "../kernel/timers.ts";
import type { ExecutionStatus, ExecutionView, HistoryEvent } from "./execution-view.ts";
import type { JsonValue } from "./json-value.ts";
import type { StateMachine } from "./state-machine.ts";

/** Events that a Standard execution may have. */
const maxEvents = 25_000;

/** How an execution ended. */
export interface Ending {
	readonly status: Exclude<ExecutionStatus, "RUNNING">;
	readonly output?: JsonValue;
	readonly error?: string;
	readonly cause?: string;
}

/** Unwinds what still wants to run for an execution that is over. Never leaves the interpreter. */
export class ExecutionOver extends Error {
	override readonly name = "ExecutionOver";
}

const endEvents = {
	SUCCEEDED: "ExecutionSucceeded",
	FAILED: "ExecutionFailed",
	TIMED_OUT: "ExecutionTimedOut",
	ABORTED: "ExecutionAborted",
} as const;

type EventDetails = Omit<HistoryEvent, "id" | "atEpochMs" | "type">;

/** What an execution is made of when it starts. */
export interface ExecutionStart {
	readonly machine: StateMachine;
	readonly name: string;
	readonly executionArn: string;
	readonly input: JsonValue;
}

/**
 * One execution: its status, its history, its timers. Every step records before it acts, and nothing can be recorded
 * once it is over, so nothing of it goes on after its end.
 */
export class Execution {
	readonly machine: StateMachine;
	readonly name: string;
	readonly executionArn: string;
	readonly input: JsonValue;
	readonly startEpochMs: number;
	readonly #timers: Timers;
	readonly #history: HistoryEvent[] | null;
	readonly #endListeners = new Set<() => void>();
	#status: ExecutionStatus = "RUNNING";
	#ending: Ending | null = null;
	#stopEpochMs = 0;
	#eventCount = 0;
	#state: string | undefined;

	constructor(start: ExecutionStart, timers: Timers, keepsHistory: boolean) {
		this.machine = start.machine;
		this.name = start.name;
		this.executionArn = start.executionArn;
		this.input = start.input;
		this.startEpochMs = timers.nowEpochMs();
		this.#timers = timers;
		this.#history = keepsHistory ? [] : null;
		this.record("ExecutionStarted");
		const { timeoutSeconds } = this.machine.definition;
		if (timeoutSeconds !== null) this.after(timeoutSeconds * 1000, () => this.end({ status: "TIMED_OUT" }));
	}

	get status(): ExecutionStatus {
		return this.#status;
	}

	/**
	 * Adds an event and answers its id. The last event that fits is the failure that says so.
	 * @throws ExecutionOver
	 */
	record(type: string, details: EventDetails = {}): number {
		if (this.#status !== "RUNNING") throw new ExecutionOver();
		if (this.#eventCount === maxEvents - 1) {
			const cause = `The execution reached the maximum number of history events (${maxEvents}).`;
			this.end({ status: "FAILED", error: "States.Runtime", cause });
			throw new ExecutionOver();
		}
		if (details.state !== undefined) this.#state = details.state;
		return this.#push(type, details);
	}

	/** Ends it, once; later endings are ignored. Timers are taken back, then whoever waits for the end is told. */
	end(ending: Ending): void {
		if (this.#status !== "RUNNING") return;
		const { error, cause } = ending;
		// A machine's own timeout names its error in the event alone; the execution itself has none.
		const named = ending.status === "TIMED_OUT" ? { error: "States.Timeout" } : {};
		const details = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }), ...named };
		this.#push(endEvents[ending.status], details);
		this.#status = ending.status;
		this.#ending = ending;
		this.#stopEpochMs = this.#timers.nowEpochMs();
		const listeners = [...this.#endListeners];
		this.#endListeners.clear();
		for (const listener of listeners) listener();
	}

	/** Runs once when it ends, in the order of asking. */
	onEnd(listener: () => void): Cancel {
		this.#endListeners.add(listener);
		return () => this.#endListeners.delete(listener);
	}

	/** A timer that the end of the execution takes back; after the end none is set. */
	after(delayMs: number, run: () => void): Cancel {
		if (this.#status !== "RUNNING") return () => {};
		const cancelTimer = this.#timers.after(delayMs, () => {
			this.#endListeners.delete(cancelTimer);
			run();
		});
		this.#endListeners.add(cancelTimer);
		return () => {
			this.#endListeners.delete(cancelTimer);
			cancelTimer();
		};
	}

	/** Resolves when the time has passed; never, when the execution ends before. */
	sleep(delayMs: number): Promise<void> {
		if (delayMs <= 0) return Promise.resolve();
		return new Promise((resolve) => {
			this.after(delayMs, resolve);
		});
	}

	view(): ExecutionView {
		const ending = this.#ending;
		return {
			executionArn: this.executionArn,
			machineArn: this.machine.arn,
			machineName: this.machine.name,
			name: this.name,
			status: this.#status,
			input: this.input,
			...(ending?.output === undefined ? {} : { output: ending.output }),
			...(ending?.error === undefined ? {} : { error: ending.error }),
			...(ending?.cause === undefined ? {} : { cause: ending.cause }),
			startEpochMs: this.startEpochMs,
			...(ending === null ? {} : { stopEpochMs: this.#stopEpochMs }),
			...(this.#state === undefined ? {} : { state: this.#state }),
			eventCount: this.#eventCount,
			...(this.#history === null ? {} : { history: this.#history }),
		};
	}

	#push(type: string, details: EventDetails): number {
		const id = ++this.#eventCount;
		this.#history?.push({ id, atEpochMs: this.#timers.nowEpochMs(), type, ...details });
		return id;
	}
}
