import type { Context } from "aws-lambda";
import type { Caller, RemoteCall } from "./caller.ts";
import {
	type BoundHandler,
	DeniedCall,
	type Fault,
	type SandboxHost,
	ThrottledCall,
	TimedOutCall,
} from "./sandbox-host.ts";

/** How an invocation ended, in the words that Lambda uses for `errorType`. */
export class InvocationFailure extends Error {
	override readonly name = "InvocationFailure";
	readonly errorType: string;
	constructor(errorType: string, errorMessage: string) {
		super(errorMessage);
		this.errorType = errorType;
	}
}

type Phase = "idle" | "reserved" | "running" | "frozen" | "dead";

/**
 * One Lambda sandbox: a process that lives across invocations (D12).
 * Between invocations it is frozen and answers wait; when it dies its answers are dropped, but what it had already
 * sent still takes effect in the world.
 */
export class Sandbox implements Caller {
	readonly #host: SandboxHost;
	#phase: Phase = "idle";
	/** Answers that arrived while the sandbox was frozen; delivered when the next invocation thaws it. */
	#held: (() => void)[] = [];
	#fail: ((failure: InvocationFailure) => void) | null = null;
	#handler: BoundHandler | null = null;
	#invoker = "nobody";
	/** Counts invocations. */
	#turn = 0;
	/** Frozen in the middle of an invocation, by a fault. */
	#isStuck = false;

	constructor(host: SandboxHost) {
		this.#host = host;
	}

	get isFree(): boolean {
		return this.#phase === "idle" || this.#phase === "frozen";
	}

	get isDead(): boolean {
		return this.#phase === "dead";
	}

	get isWarm(): boolean {
		return this.#handler !== null;
	}

	nowEpochMs(): number {
		return this.#host.timers.nowEpochMs();
	}

	sleep(milliseconds: number): Promise<void> {
		if (this.isDead) return never();
		return new Promise((resolve) => this.#host.timers.after(milliseconds, () => this.#deliver(resolve)));
	}

	call<T>(call: RemoteCall, effect: () => T): Promise<T> {
		// What stands beside a call that killed the process in the same line of code is not sent any more.
		if (this.isDead || this.#isStuck) return never();
		const fault = this.#host.faultFor(call, this.#invoker);
		if (fault?.kind === "crashed" && fault.when === "before") {
			this.crash(`crashed before ${call.operation}`);
			return never();
		}
		if (fault?.kind !== "frozen") return this.#send(call, effect, fault);
		this.#isStuck = true;
		return new Promise((resolve, reject) => {
			this.#held.push(() => this.#send(call, effect, null).then(resolve, reject));
		});
	}

	#send<T>(call: RemoteCall, effect: () => T, fault: Fault | null): Promise<T> {
		const host = this.#host;
		const latencyMs = host.latencyMs(call.operation);
		const longestMs = host.longestWaitMs(call.operation);
		const late = fault?.kind === "timed-out" ? fault : null;
		const isTooSlow = late !== null || latencyMs > longestMs;
		const answer = (): T => host.answer(call, effect, fault?.kind === "stale");
		return new Promise((resolve, reject) => {
			const arrive = (): void => {
				const settle = refusalBy(fault, call, reject) ?? this.#take(call, answer, resolve, reject);
				// A frozen process cannot crash either: that, too, waits for the thaw.
				if (fault?.kind === "crashed") this.#deliver(() => this.crash(`crashed after ${call.operation}`));
				else if (!isTooSlow) host.timers.after(latencyMs / 2, () => this.#deliver(settle));
			};
			// The request takes effect even where nobody waits for the answer any more.
			if (late?.landsAfterMs !== null) host.timers.after(latencyMs / 2 + (late?.landsAfterMs ?? 0), arrive);
			if (isTooSlow) {
				const timedOut = new TimedOutCall(call.operation, longestMs);
				host.timers.after(longestMs, () => this.#deliver(() => reject(timedOut)));
			}
		});
	}

	/** Keeps others from taking this sandbox while an invocation is on its way to it. */
	reserve(): void {
		this.#phase = "reserved";
	}

	/** Runs one invocation; resolves with the answer or rejects with an InvocationFailure. */
	invoke(event: unknown, timeoutMs: number, invoker: string): Promise<unknown> {
		const { timers } = this.#host;
		const turn = ++this.#turn;
		this.#invoker = invoker;
		return new Promise((resolve, reject) => {
			const deadlineEpochMs = timers.nowEpochMs() + timeoutMs;
			const cancelDeadline = timers.after(timeoutMs, () => this.#giveUp(timeoutMs));
			const end = (settle: () => void): void => {
				cancelDeadline();
				this.#fail = null;
				settle();
			};
			this.#fail = (failure) => end(() => reject(failure));
			this.#thaw();
			if (this.isDead) return void this.#fail?.(new InvocationFailure("Runtime.ExitError", "exited before it began"));
			const context = { getRemainingTimeInMillis: () => deadlineEpochMs - timers.nowEpochMs() } as Context;
			// What is left of an earlier invocation and ends in a later one is heard by nobody.
			const isHeard = (): boolean => !this.isDead && turn === this.#turn;
			this.#run(event, context).then(
				(answer) => isHeard() && this.#freeze(() => end(() => resolve(answer))),
				(error) => isHeard() && this.#freeze(() => end(() => reject(failureOf(error)))),
			);
		});
	}

	/** Kills the process, as a runtime that exits does. */
	crash(reason: string): void {
		this.#die(new InvocationFailure("Runtime.ExitError", reason));
	}

	async #run(event: unknown, context: Context): Promise<unknown> {
		this.#handler ??= this.#host.bind(this);
		return this.#handler(event, context);
	}

	#take<T>(
		call: RemoteCall,
		answer: () => T,
		resolve: (value: T) => void,
		reject: (error: unknown) => void,
	): () => void {
		const denied = this.#host.denialOf(call);
		if (denied !== null) return () => reject(new DeniedCall(denied));
		this.#host.onCall(call);
		try {
			const value = answer();
			return () => resolve(value);
		} catch (error) {
			return () => reject(error);
		}
	}

	#deliver(settle: () => void): void {
		if (this.#phase === "running") settle();
		else if (this.#phase !== "dead") this.#held.push(settle);
	}

	#thaw(): void {
		if (this.isDead) return;
		this.#phase = "running";
		this.#isStuck = false;
		const held = this.#held;
		this.#held = [];
		for (const settle of held) if (!this.isDead) settle();
	}

	#freeze(end: () => void): void {
		this.#phase = "frozen";
		end();
	}

	/** The invocation's time is up: Lambda ends the process, unless it is frozen and cannot notice. */
	#giveUp(timeoutMs: number): void {
		const seconds = (timeoutMs / 1000).toFixed(2);
		const failure = new InvocationFailure("Sandbox.Timedout", `Task timed out after ${seconds} seconds`);
		if (this.#isStuck) this.#freeze(() => this.#fail?.(failure));
		else this.#die(failure);
	}

	#die(failure: InvocationFailure): void {
		this.#phase = "dead";
		this.#held = [];
		this.#fail?.(failure);
	}
}

/** What the scope of a dead process waits for. */
const never = <T>(): Promise<T> => new Promise(() => {});

/** How a product says no before it does anything; null where it does not. */
const refusalBy = (fault: Fault | null, { operation }: RemoteCall, reject: (error: unknown) => void) => {
	if (fault?.kind === "refused") return () => reject(new DeniedCall(`Not authorized to perform ${operation}.`));
	if (fault?.kind === "throttled") return () => reject(new ThrottledCall(operation));
	return null;
};

const failureOf = (error: unknown): InvocationFailure =>
	error instanceof Error
		? new InvocationFailure(error.name, error.message)
		: new InvocationFailure("Error", String(error));
