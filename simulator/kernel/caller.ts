import type { Timers } from "./timers.ts";

/** One request to AWS or Kubernetes, as IAM, the latency table and the faults see it. */
export interface RemoteCall {
	/** Service and action as IAM spells them, "elasticloadbalancing:DeleteRule"; for Kubernetes "kubernetes:<verb>:<resource>". */
	readonly operation: string;
	/** ARN that the permission is asked for; "*" where the action knows no resources; the cluster's for Kubernetes. */
	readonly resource: string;
	/** Condition keys with their present values, such as "aws:ResourceTag/sluice:environment". */
	readonly conditions?: Readonly<Record<string, string>>;
	/** What is asked about, where the resource does not say it: two calls that agree in all three ask the same question. */
	readonly about?: string;
	/** What must all be allowed, where that is not the operation itself: a transaction, a listing, tags on creation. */
	readonly authorisedAs?: readonly Permission[];
}

/** One question to IAM; what is absent is as in the call. */
export interface Permission {
	readonly action: string;
	readonly resource?: string;
	readonly conditions?: Readonly<Record<string, string>>;
}

/** How code in a sandbox reaches the world: every remote call passes here, one by one. */
export interface Caller {
	nowEpochMs(): number;
	sleep(milliseconds: number): Promise<void>;
	/**
	 * The request leg passes, the effect happens in the world at that moment, the answer leg passes.
	 * May never settle when the sandbox dies. What the effect throws arrives as rejection.
	 */
	call<T>(call: RemoteCall, effect: () => T): Promise<T>;
}

/** A caller without latency, permissions or faults: for tests, and for people who act in the world. */
export const directCaller = (timers: Timers): Caller => ({
	nowEpochMs: () => timers.nowEpochMs(),
	sleep: (milliseconds) => new Promise((resolve) => timers.after(milliseconds, resolve)),
	call: async (_call, effect) => effect(),
});
