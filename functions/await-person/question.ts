import * as z from "zod/mini";
import { pauseReasons } from "../../lib/domain/service-state.ts";
import { rolloutPayload } from "../rollout-payload.ts";

const token = z.string().check(z.minLength(1), z.maxLength(2_048));
const approval = z.object({
	approvers: z.array(z.string()).check(z.maxLength(50)),
	needed: z.optional(z.int().check(z.minimum(1), z.maximum(5))),
	onUnknownPusher: z.optional(z.literal("accept")),
	expiresSeconds: z.number(),
});

/** When the machine began to ask: the same for every attempt at one question. */
const askedAtEpochMs = z.int().check(z.nonnegative());

/** A question that begins. */
export const QuestionInput = z.object({
	...rolloutPayload,
	reason: z.enum(pauseReasons),
	explanation: z.string().check(z.minLength(1), z.maxLength(2_000)),
	approval,
	// The share of the step that it is about; executions that began before machines said it do not.
	weightPercent: z.optional(z.number().check(z.minimum(0), z.maximum(100))),
	token,
	// Executions that began before there was one do not say it; each attempt is a question of its own then.
	askedAtEpochMs: z.optional(askedAtEpochMs),
});

/** A question whose time is over. */
export const LapseInput = z.object({ ...rolloutPayload, askedAtEpochMs, hasLapsed: z.literal(true) });

export type Question = z.infer<typeof QuestionInput>;
export type Lapse = z.infer<typeof LapseInput>;
