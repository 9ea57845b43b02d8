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

/** What goes wrong with one remote call. */
export interface Fault {
	/** The process dies just before the request leaves, or just after it took effect. */
	readonly crash: "before" | "after";
}

/** What a sandbox needs from the machine room it runs in. */
export interface SandboxHost {
	readonly timers: Timers;
	/** Longest wait for one answer, milliseconds. */
	readonly requestTimeoutMs: number;
	/** Time from request to answer, drawn anew for each call. */
	latencyMs(operation: string): number;
	/** Why a call is not permitted; null where it is. */
	denialOf(call: RemoteCall): string | null;
	faultFor(call: RemoteCall): Fault | null;
	/** Told of every call that arrived and was permitted, even if the world refused it then. */
	onCall(call: RemoteCall): void;
	/** Reads the environment and binds handler and ports, as a cold start does. May throw what init would throw. */
	bind(caller: Caller): BoundHandler;
}
