import * as z from "zod/mini";
import type { RedTurn } from "../../lib/domain/alarm-reaction.ts";
import { type RollbackCause, rollbackCauseKinds } from "../../lib/domain/service-state.ts";
import { payloadVersion } from "../rollout-payload.ts";

const text = z.string().check(z.minLength(1), z.maxLength(2_000));

/** Who asks for a rollback: a rollout by name and with its reason, or an alarm that knows neither. */
export type RollbackRequest =
	| { readonly kind: "rollout"; readonly rolloutId: string; readonly cause: RollbackCause; readonly takesOver: boolean }
	| { readonly kind: "alarm"; readonly turn: RedTurn };

const Requested = z.pipe(
	z.object({
		v: payloadVersion,
		rolloutId: text,
		cause: z.object({ kind: z.enum(rollbackCauseKinds), explanation: text, triggeredAtEpochMs: z.int() }),
	}),
	z.transform(
		({ rolloutId, cause }): RollbackRequest => ({
			kind: "rollout",
			rolloutId,
			cause,
			// The reconciler has seen that the owner is dead; nobody else can know that.
			takesOver: cause.kind === "execution-lost",
		}),
	),
);

const AlarmTurned = z.pipe(
	z.object({
		source: z.literal("aws.cloudwatch"),
		detail: z.object({
			alarmName: text,
			state: z.object({ value: z.literal("ALARM"), timestamp: text }),
			previousState: z.optional(z.object({ value: text, timestamp: z.optional(text) })),
		}),
	}),
	z.transform(({ detail }): RollbackRequest => {
		const before = detail.previousState;
		const okSinceEpochMs =
			before?.value === "OK" && before.timestamp !== undefined ? Date.parse(before.timestamp) : null;
		return {
			kind: "alarm",
			turn: { alarmName: detail.alarmName, turnedRedAtEpochMs: Date.parse(detail.state.timestamp), okSinceEpochMs },
		};
	}),
);

const ExecutionEnded = z.pipe(
	z.object({ source: z.literal("aws.states"), time: text, detail: z.object({ name: text, status: text }) }),
	z.transform(
		({ time, detail }): RollbackRequest => ({
			kind: "rollout",
			// A closing that was taken up again runs under the rollout's name with a suffix.
			rolloutId: detail.name.replace(/-closing$/, ""),
			cause: {
				kind: "execution-lost",
				explanation: `The execution of ${detail.name} ended ${detail.status} without finishing it.`,
				triggeredAtEpochMs: Date.parse(time),
			},
			takesOver: false,
		}),
	),
);

/** The input of the rollback machine, whoever started it, and the execution that works on it. */
export const RollbackInput = z.object({
	v: payloadVersion,
	request: z.union([Requested, AlarmTurned, ExecutionEnded]),
	executionArn: text,
});
