import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import type { EngineHooks } from "./engine-hooks.ts";
import type { Execution } from "./execution.ts";
import type { StatesFunctions } from "./states-functions.ts";
import type { TaskTokens } from "./task-tokens.ts";

/** A request to start an execution; without a name it gets one. */
export interface StartRequest {
	readonly machineArn: string;
	readonly name?: string;
	readonly input: unknown;
}

/** What executions share: one per engine. */
export interface Runtime {
	readonly timers: Timers;
	readonly hooks: EngineHooks;
	readonly functions: StatesFunctions;
	readonly tokens: TaskTokens;
	/** Jitter of retries. */
	readonly retryRandom: Random;
	/** Names and request ids. */
	readonly idRandom: Random;
	/** @throws StatesServiceError */
	start(request: StartRequest): { readonly execution: Execution };
}
