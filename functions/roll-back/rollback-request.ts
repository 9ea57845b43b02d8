import * as z from "zod/mini";
import type { RedTurn } from "../../lib/domain/alarm-reaction.ts";
import { commandKind } from "../../lib/domain/command.ts";
import { sourceOfPeople } from "../../lib/domain/identity.ts";
import { type RollbackCause, rollbackCauseKinds } from "../../lib/domain/service-state.ts";
import { payloadVersion } from "../rollout-payload.ts";

const text = z.string().check(z.minLength(1), z.maxLength(2_000));

/** Milliseconds since 1970 of a moment as AWS writes it: CloudWatch leaves the colon out of "+0000", EventBridge says "Z". */
const instant = z.pipe(
	text.check(z.refine((value) => Number.isFinite(Date.parse(value)), "expected a date and time")),
	z.transform((value) => Date.parse(value)),
);

/** Who asks for a rollback: a rollout by name and with its reason, an alarm that knows neither, or a person who knows one. */
export type RollbackRequest =
	| {
			readonly kind: "rollout";
			readonly rolloutId: string;
			readonly cause: RollbackCause;
			/** The owner that the reconciler has found dead: its end, and nobody else's, is taken over. */
			readonly takesOverFrom: string | null;
	  }
	| { readonly kind: "alarm"; readonly turn: RedTurn }
	/** Null means whichever rollout was under way when they said so. */
	| {
			readonly kind: "person";
			readonly service: string;
			readonly rolloutId: string | null;
			readonly cause: RollbackCause;
	  };

const Requested = z.pipe(
	z.object({
		v: payloadVersion,
		rolloutId: text,
		cause: z.pipe(
			z.object({
				kind: z.enum(rollbackCauseKinds),
				explanation: text,
				triggeredAtEpochMs: z.int(),
				by: z.optional(text),
			}),
			z.transform(({ by, ...cause }): RollbackCause => (by === undefined ? cause : { ...cause, by })),
		),
		/** Said by the reconciler, which has seen that the owner is dead; nobody else can know that. */
		takesOverFrom: z.optional(text),
	}),
	z.transform(
		({ rolloutId, cause, takesOverFrom = null }): RollbackRequest => ({
			kind: "rollout",
			rolloutId,
			cause,
			takesOverFrom,
		}),
	),
);

const AlarmTurned = z.pipe(
	z.object({
		source: z.literal("aws.cloudwatch"),
		detail: z.object({
			alarmName: text,
			state: z.object({ value: z.literal("ALARM"), timestamp: instant }),
			previousState: z.optional(z.object({ value: text, timestamp: z.optional(text) })),
		}),
	}),
	z.transform(({ detail }): RollbackRequest => {
		const { alarmName, state, previousState } = detail;
		// Only ever used to count an alarm again, so what cannot be read is as good as not known.
		const before = previousState?.value === "OK" ? Date.parse(previousState.timestamp ?? "") : Number.NaN;
		const okSinceEpochMs = Number.isFinite(before) ? before : null;
		return { kind: "alarm", turn: { alarmName, turnedRedAtEpochMs: state.timestamp, okSinceEpochMs } };
	}),
);

const ExecutionEnded = z.pipe(
	z.object({ source: z.literal("aws.states"), time: instant, detail: z.object({ name: text, status: text }) }),
	z.transform(
		({ time, detail }): RollbackRequest => ({
			kind: "rollout",
			// A closing that was taken up again runs under the rollout's name with a suffix.
			rolloutId: detail.name.replace(/-closing-\d+$/, ""),
			cause: {
				kind: "execution-lost",
				explanation: `The execution of ${detail.name} ended ${detail.status} without finishing it.`,
				triggeredAtEpochMs: time,
			},
			takesOverFrom: null,
		}),
	),
);

const Aborted = z.pipe(
	z.object({
		"detail-type": z.literal(commandKind("abort")),
		source: z.string().check(z.startsWith(sourceOfPeople), z.maxLength(256)),
		time: instant,
		detail: z.object({ service: text, rolloutId: z.optional(text) }),
	}),
	z.transform(({ source, time, detail: { service, rolloutId = null } }): RollbackRequest => {
		const by = source.slice(sourceOfPeople.length);
		const cause: RollbackCause = { kind: "person", explanation: `Aborted by ${by}.`, triggeredAtEpochMs: time, by };
		return { kind: "person", service, rolloutId, cause };
	}),
);

/** The input of the rollback machine, whoever started it, and the execution that works on it. */
export const RollbackInput = z.object({
	v: payloadVersion,
	request: z.union([Requested, AlarmTurned, ExecutionEnded, Aborted]),
	executionArn: text,
	/** An earlier attempt of this execution has sent traffic back without asking the record. */
	isBlind: z.boolean(),
});
