import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import type { RetryPolicy } from "./target-properties.ts";

/** Where a rule sends events. */
export interface RuleTarget {
	readonly id: string;
	readonly arn: string;
	/** Constant JSON that is delivered instead of the event; `undefined` delivers the event itself. */
	readonly input?: unknown;
	readonly retry: RetryPolicy;
	readonly deadLetterArn?: string;
	/** Resolves once the target has accepted the payload; a rejection is retried. A Lambda function accepts by queueing. */
	deliver(payload: unknown): Promise<void>;
}

/** Why an event ended in a dead-letter queue; the message attributes that EventBridge sets. */
export interface DeadLetterReason {
	readonly exhausted: "MaximumRetryAttempts" | "MaximumEventAgeInSeconds";
	readonly ruleName: string;
	readonly targetArn: string;
	/** Attempts that were made, the first included. */
	readonly attempts: number;
	readonly errorMessage: string;
}

/** One payload on its way to one target. */
export interface Parcel {
	readonly ruleName: string;
	readonly target: RuleTarget;
	/** The payload as JSON text: each attempt parses its own copy, so that no target changes what another one sees. */
	readonly json: string;
	readonly acceptedEpochMs: number;
}

export interface Courier {
	/** Makes the first attempt after a delay, then retries until the target's policy is exhausted. */
	send(parcel: Parcel, delayMs: number): void;
	/** Parcels that are neither delivered nor given up. */
	pending(): number;
}

export interface CourierOptions {
	readonly timers: Timers;
	readonly random: Random;
	onDeadLetter(queueArn: string, payload: unknown, reason: DeadLetterReason): void;
}

const firstBackOffMs = 1_000;
/** With full jitter the mean pause is half of this, and 185 retries spread over the 24 hours that AWS documents. */
const longestBackOffMs = 900_000;

const messageOf = (error: unknown): string =>
	error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * Carries parcels as EventBridge does: exponential back-off with jitter, bounded by attempts and by age;
 * then to the target's dead-letter queue, or lost where it has none.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
export const createCourier = ({ timers, random, onDeadLetter }: CourierOptions): Courier => {
	let pending = 0;

	const giveUp = (parcel: Parcel, attempts: number, exhausted: DeadLetterReason["exhausted"], error: unknown): void => {
		pending--;
		const { ruleName, target } = parcel;
		if (target.deadLetterArn === undefined) return;
		const reason = { exhausted, ruleName, targetArn: target.arn, attempts, errorMessage: messageOf(error) };
		onDeadLetter(target.deadLetterArn, JSON.parse(parcel.json), reason);
	};

	const attempt = async (parcel: Parcel, attempts: number): Promise<void> => {
		const { retry } = parcel.target;
		try {
			await parcel.target.deliver(JSON.parse(parcel.json));
			pending--;
		} catch (error) {
			if (attempts > retry.maxAttempts) return giveUp(parcel, attempts, "MaximumRetryAttempts", error);
			const ceilingMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (attempts - 1));
			const delayMs = Math.ceil(random.between(0, ceilingMs)) + 1;
			const ageMs = timers.nowEpochMs() + delayMs - parcel.acceptedEpochMs;
			if (ageMs > retry.maxAgeSeconds * 1_000) return giveUp(parcel, attempts, "MaximumEventAgeInSeconds", error);
			timers.after(delayMs, () => void attempt(parcel, attempts + 1));
		}
	};

	return {
		send: (parcel, delayMs) => {
			pending++;
			timers.after(delayMs, () => void attempt(parcel, 1));
		},
		pending: () => pending,
	};
};
