import { InvocationFailure, Sandbox } from "./sandbox.ts";
import type { SandboxHost } from "./sandbox-host.ts";
import type { Timers } from "./timers.ts";

/** One function as it is deployed. */
export interface DeployedFunction {
	readonly name: string;
	readonly arn: string;
	readonly roleArn: string;
	/** `functions/<name>`, from the template's metadata. */
	readonly entry: string;
	readonly timeoutMs: number;
	/** Null where the function shares the account's concurrency. */
	readonly reservedConcurrency: number | null;
	readonly environment: Readonly<Record<string, string>>;
	readonly asyncInvoke: AsyncInvoke;
}

/** What Lambda does with an event that an asynchronous invocation could not handle. */
export interface AsyncInvoke {
	readonly maxRetries: number;
	readonly maxAgeSeconds: number;
	readonly deadLetterArn: string | null;
}

export interface LambdaServiceOptions {
	readonly timers: Timers;
	/** Time a cold start takes before the handler runs, milliseconds. */
	coldStartMs(deployed: DeployedFunction): number;
	/** Time a warm invocation spends outside the handler, milliseconds. */
	overheadMs(): number;
	hostFor(deployed: DeployedFunction): SandboxHost;
	onInvocation(invocation: {
		readonly functionName: string;
		readonly isCold: boolean;
		readonly failure: InvocationFailure | null;
	}): void;
	/** Told of an event that was given up. The function's role sends it to its queue. */
	onDeadLetter(deployed: DeployedFunction, queueArn: string, payload: unknown, reason: string): void;
}

/** Concurrency of an account, by default. What is not reserved is shared by all other functions. */
const accountConcurrency = 1_000;

/** Lambda's documented waits between attempts of an asynchronous invocation that failed. */
const asyncRetrySeconds = [60, 120] as const;

/**
 * For want of concurrency an asynchronous invocation waits in Lambda's queue instead: from one second, doubled up to
 * five minutes, as documented. It costs no attempt; only age ends it.
 */
const throttled = "Lambda.TooManyRequestsException";
const throttledWaitMs = { first: 1_000, longest: 300_000 } as const;

const jsonCopyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

interface Slot {
	readonly deployed: DeployedFunction;
	sandboxes: Sandbox[];
}

/** Invocations under way. */
const busyOf = (sandboxes: readonly Sandbox[]): number => {
	let busy = 0;
	for (const sandbox of sandboxes) if (!sandbox.isFree && !sandbox.isDead) busy++;
	return busy;
};

/** Runs functions in sandboxes: cold and warm starts, concurrency, timeouts, asynchronous retries. */
export class LambdaService {
	readonly #options: LambdaServiceOptions;
	readonly #functions = new Map<string, Slot>();

	constructor(options: LambdaServiceOptions) {
		this.#options = options;
	}

	register(deployed: DeployedFunction): void {
		this.#functions.set(deployed.arn, { deployed, sandboxes: [] });
	}

	/** The function behind an ARN, or undefined. */
	find(functionArn: string): DeployedFunction | undefined {
		return this.#functions.get(functionArn)?.deployed;
	}

	/** Invokes and waits for the answer; event and answer travel as JSON. The invoker is named for faults. @throws InvocationFailure */
	async invoke(functionArn: string, event: unknown, invoker = "event"): Promise<unknown> {
		const slot = this.#functions.get(functionArn);
		if (slot === undefined)
			throw new InvocationFailure("Lambda.ResourceNotFoundException", `Function not found: ${functionArn}`);
		const { deployed } = slot;
		slot.sandboxes = slot.sandboxes.filter((sandbox) => !sandbox.isDead);
		if (!this.#hasRoomFor(slot)) throw new InvocationFailure(throttled, `Rate exceeded: ${deployed.name}`);
		let sandbox = slot.sandboxes.find((candidate) => candidate.isFree);
		if (sandbox === undefined) {
			sandbox = new Sandbox(this.#options.hostFor(deployed));
			slot.sandboxes.push(sandbox);
		}
		return jsonCopyOf(await this.#invokeIn(sandbox, deployed, jsonCopyOf(event), invoker));
	}

	/** Accepts an event and sees to it: what fails is tried again, then sent to the dead-letter queue. */
	invokeLater(functionArn: string, event: unknown): void {
		const { timers, onDeadLetter } = this.#options;
		const deployed = this.find(functionArn);
		if (deployed === undefined) throw new RangeError(`Function not found: ${functionArn}`);
		const { maxRetries, maxAgeSeconds, deadLetterArn } = deployed.asyncInvoke;
		const oldestEpochMs = timers.nowEpochMs() + maxAgeSeconds * 1000;
		const attempt = (failures: number, throttles: number): void => {
			this.invoke(functionArn, event).catch((error: unknown) => {
				const isThrottled = error instanceof InvocationFailure && error.errorType === throttled;
				const waitMs = isThrottled
					? Math.min(throttledWaitMs.longest, throttledWaitMs.first * 2 ** throttles)
					: (asyncRetrySeconds[Math.min(failures, asyncRetrySeconds.length - 1)] ?? 0) * 1000;
				const isTooOld = timers.nowEpochMs() + waitMs > oldestEpochMs;
				if (!isTooOld && (isThrottled || failures < maxRetries))
					timers.after(waitMs, () =>
						isThrottled ? attempt(failures, throttles + 1) : attempt(failures + 1, throttles),
					);
				else if (deadLetterArn !== null) onDeadLetter(deployed, deadLetterArn, event, String(error));
			});
		};
		attempt(0, 0);
	}

	/** Whether one more invocation of a function fits into its own concurrency, or into what is left for all. */
	#hasRoomFor({ deployed, sandboxes }: Slot): boolean {
		const { reservedConcurrency } = deployed;
		if (reservedConcurrency !== null) return busyOf(sandboxes) < reservedConcurrency;
		let room = accountConcurrency;
		for (const other of this.#functions.values()) {
			room -= other.deployed.reservedConcurrency ?? busyOf(other.sandboxes);
		}
		return room > 0;
	}

	async #invokeIn(sandbox: Sandbox, deployed: DeployedFunction, event: unknown, invoker: string): Promise<unknown> {
		const { timers, coldStartMs, overheadMs, onInvocation } = this.#options;
		const isCold = !sandbox.isWarm;
		sandbox.reserve();
		await new Promise<void>((resolve) => timers.after(isCold ? coldStartMs(deployed) : overheadMs(), resolve));
		try {
			const answer = await sandbox.invoke(event, deployed.timeoutMs, invoker);
			onInvocation({ functionName: deployed.name, isCold, failure: null });
			return answer;
		} catch (error) {
			const failure = error instanceof InvocationFailure ? error : new InvocationFailure("Error", String(error));
			onInvocation({ functionName: deployed.name, isCold, failure });
			throw failure;
		}
	}
}
