import type { Context } from "aws-lambda";
import { Refusal } from "../world/refusal.ts";
import type { Caller, RemoteCall } from "./caller.ts";
import type { Timers } from "./timers.ts";

/** What a function's code looks like from outside, once its ports are bound. */
export type BoundHandler = (event: unknown, context: Context) => Promise<unknown>;

/** The client gave up waiting. Whether the request took effect is unknown to it. */
export class TimedOutCall extends Error {
	override readonly name = "TimeoutError";
	constructor(operation: string, timeoutMs: number) {
		super(`${operation} did not answer within ${timeoutMs} ms.`);
	}
}

/** The role may not do this; the world was not touched. */
export class DeniedCall extends Refusal {
	constructor(message: string) {
		super("AccessDenied", message);
	}
}

/** The product is busy and did nothing. */
export class ThrottledCall extends Error {
	override readonly name = "ThrottlingException";
	constructor(operation: string) {
		super(`Rate exceeded: ${operation}`);
	}
}

/** What goes wrong with one remote call. */
export type Fault =
	/** Access is denied this once, as while a change of permissions spreads; nothing took effect. */
	| { readonly kind: "refused" }
	| { readonly kind: "throttled" }
	/** No answer comes in time. The request takes effect this long after it was sent; never, where null. */
	| { readonly kind: "timed-out"; readonly landsAfterMs: number | null }
	/** The process dies just before the request leaves, or just after it took effect. */
	| { readonly kind: "crashed"; readonly when: "before" | "after" }
	/** The sandbox stops before the request leaves; Lambda gives the invocation up, and the next one thaws both. */
	| { readonly kind: "frozen" }
	/** The answer is the one that was given to the same question last, by whomever it was asked. */
	| { readonly kind: "stale" };

/** What a sandbox needs from the machine room it runs in. */
export interface SandboxHost {
	readonly timers: Timers;
	/** Longest wait for one answer, over all attempts of its client, milliseconds. */
	longestWaitMs(operation: string): number;
	/** Time from request to answer, drawn anew for each call. */
	latencyMs(operation: string): number;
	/** Why a call is not permitted; null where it is. */
	denialOf(call: RemoteCall): string | null;
	/** Asked once for each call; `invoker` is who invoked the function, `<machine>/<state>` or `event`. */
	faultFor(call: RemoteCall, invoker: string): Fault | null;
	/** Told of every call that arrived and was permitted, even if the world refused it then. */
	onCall(call: RemoteCall): void;
	/** Carries a call out in the world and answers what the world answers, or what it answered last where stale. */
	answer<T>(call: RemoteCall, effect: () => T, isStale: boolean): T;
	/** Reads the environment and binds handler and ports, as a cold start does. May throw what init would throw. */
	bind(caller: Caller): BoundHandler;
}
