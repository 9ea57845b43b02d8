import middy from "@middy/core";
import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import { InvalidRolloutIdError } from "../lib/domain/rollout-id.ts";
import { InvalidError, UnavailableError } from "../lib/ports/errors.ts";
import type { Telemetry } from "../lib/ports/telemetry.ts";

/** The event is not what this function was made for. Retrying it cannot help. */
export class InvalidEventError extends InvalidError {
	override readonly name = "InvalidEventError";
}

/** Too little time is left to see a change through: better not begun than half done. */
export class DeadlineUnavailableError extends UnavailableError {
	override readonly name = "DeadlineUnavailableError";
}

/** What a function knows of the invocation it runs in. */
export interface Invocation {
	remainingMs(): number;
	/** Call before every change to the world: a sandbox may have been frozen since the last line. @throws DeadlineUnavailableError */
	ensureTimeLeft(neededMs: number): void;
}

/**
 * Parses an event with a schema.
 * @throws InvalidEventError naming each path, what is wrong there and the value's kind.
 */
export const parseEvent = <T extends z.ZodMiniType>(schema: T, event: unknown): z.infer<T> => {
	const parsed = z.safeParse(schema, event);
	if (parsed.success) return parsed.data;
	const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "event"}: ${issue.message}`);
	throw new InvalidEventError(`Event is not valid: ${problems.join("; ")}.`, { cause: parsed.error });
};

const invocationOf = (context: Context): Invocation => ({
	remainingMs: () => context.getRemainingTimeInMillis(),
	ensureTimeLeft: (neededMs) => {
		const leftMs = context.getRemainingTimeInMillis();
		if (leftMs >= neededMs) return;
		throw new DeadlineUnavailableError(`${leftMs} ms are left, ${neededMs} ms are needed to act and see it through.`);
	},
});

/** Logs what failed and flushes telemetry, whatever happened. The one list of middlewares that all functions share. */
const telemetryMiddleware = (telemetry: Telemetry): middy.MiddlewareObj<unknown, unknown, Error> => ({
	// A block, because middy takes whatever a middleware returns for the answer.
	after: () => {
		telemetry.flush();
	},
	onError: ({ error }) => {
		telemetry.error("failed", { errorName: error?.name, errorMessage: error?.message });
		if (isInvalid(error)) telemetry.count("InvalidInput", { error: error.name });
		telemetry.flush();
	},
});

/**
 * The engine of every handler: cross-cutting concerns around one function.
 * Early timeout is off: it would answer while calls are still under way, and the machine would go on beside them (D4).
 */
export const pipeline = <Output>(
	telemetry: Telemetry,
	run: (event: unknown, invocation: Invocation) => Promise<Output>,
) =>
	middy<unknown, Output, Error>({ timeoutEarlyInMillis: 0 })
		.use(telemetryMiddleware(telemetry) as middy.MiddlewareObj<unknown, Output, Error>)
		.handler((event: unknown, context: Context) => run(event, invocationOf(context)));

/** Whether an error says that trying again cannot help: the family is part of the name (D14). */
const isInvalid = (error: unknown): error is Error => error instanceof Error && error.name.startsWith("Invalid");

/** Whether the event itself is at fault, rather than what was found when acting on it. */
const isMalformed = (error: unknown): error is Error =>
	error instanceof InvalidEventError || error instanceof InvalidRolloutIdError;

/**
 * For functions that act on events: one that cannot be understood is logged, counted and answered, because throwing
 * would only have it delivered again. Whatever else fails is thrown: a permission that is missing now must not cost a push.
 */
export const refusing =
	<Output>(telemetry: Telemetry, run: (event: unknown, invocation: Invocation) => Promise<Output>) =>
	async (event: unknown, invocation: Invocation): Promise<Output | Refusal> => {
		try {
			return await run(event, invocation);
		} catch (error) {
			if (!isMalformed(error)) throw error;
			telemetry.warn("refused", { errorName: error.name, reason: error.message });
			telemetry.count("Refused", { error: error.name });
			return { v: 1, kind: "refused", reason: error.message };
		}
	};

export interface Refusal {
	readonly v: 1;
	readonly kind: "refused";
	readonly reason: string;
}
