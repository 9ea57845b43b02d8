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
	onDeadLetter(queueArn: string, payload: unknown, reason: string): void;
}

/** Concurrency that functions without a reservation share in an account, by default. */
const accountConcurrency = 1_000;

/** Lambda's documented waits between attempts of an asynchronous invocation that failed. */
const asyncRetrySeconds = [60, 120] as const;

/** Runs functions in sandboxes: cold and warm starts, concurrency, timeouts, asynchronous retries. */
export class LambdaService {
	readonly #options: LambdaServiceOptions;
	readonly #functions = new Map<string, { readonly deployed: DeployedFunction; sandboxes: Sandbox[] }>();

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

	/** Invokes and waits for the answer. @throws InvocationFailure */
	async invoke(functionArn: string, event: unknown): Promise<unknown> {
		const slot = this.#functions.get(functionArn);
		if (slot === undefined)
			throw new InvocationFailure("Lambda.ResourceNotFoundException", `Function not found: ${functionArn}`);
		const { deployed } = slot;
		slot.sandboxes = slot.sandboxes.filter((sandbox) => !sandbox.isDead);
		let sandbox = slot.sandboxes.find((candidate) => candidate.isFree);
		if (sandbox === undefined) {
			if (slot.sandboxes.length >= (deployed.reservedConcurrency ?? accountConcurrency)) {
				throw new InvocationFailure("Lambda.TooManyRequestsException", `Rate exceeded: ${deployed.name}`);
			}
			sandbox = new Sandbox(this.#options.hostFor(deployed));
			slot.sandboxes.push(sandbox);
		}
		return this.#invokeIn(sandbox, deployed, event);
	}

	/** Accepts an event and sees to it: what fails is tried again, then sent to the dead-letter queue. */
	invokeLater(functionArn: string, event: unknown): void {
		const acceptedEpochMs = this.#options.timers.nowEpochMs();
		const attempt = (failures: number): void => {
			this.invoke(functionArn, event).catch((error: unknown) => {
				const { maxRetries, maxAgeSeconds, deadLetterArn } =
					this.#functions.get(functionArn)?.deployed.asyncInvoke ?? noRetries;
				const waitMs = (asyncRetrySeconds[Math.min(failures, asyncRetrySeconds.length - 1)] ?? 0) * 1000;
				const isTooOld = this.#options.timers.nowEpochMs() + waitMs > acceptedEpochMs + maxAgeSeconds * 1000;
				if (failures < maxRetries && !isTooOld) this.#options.timers.after(waitMs, () => attempt(failures + 1));
				else if (deadLetterArn !== null) this.#options.onDeadLetter(deadLetterArn, event, String(error));
			});
		};
		attempt(0);
	}

	async #invokeIn(sandbox: Sandbox, deployed: DeployedFunction, event: unknown): Promise<unknown> {
		const { timers, coldStartMs, overheadMs, onInvocation } = this.#options;
		const isCold = !sandbox.isWarm;
		sandbox.reserve();
		await new Promise<void>((resolve) => timers.after(isCold ? coldStartMs(deployed) : overheadMs(), resolve));
		try {
			const answer = await sandbox.invoke(event, deployed.timeoutMs);
			onInvocation({ functionName: deployed.name, isCold, failure: null });
			return answer;
		} catch (error) {
			const failure = error instanceof InvocationFailure ? error : new InvocationFailure("Error", String(error));
			onInvocation({ functionName: deployed.name, isCold, failure });
			throw failure;
		}
	}
}

const noRetries: AsyncInvoke = { maxRetries: 0, maxAgeSeconds: 60, deadLetterArn: null };
