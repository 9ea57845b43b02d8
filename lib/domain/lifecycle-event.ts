import * as z from "zod/mini";
import { outcomes } from "./service-state.ts";

/**
 * Every event that Sluice says, declared once: rule patterns, types and parsers are all derived from here.
 * The version is part of the name, so that a consumer never meets a shape it does not know.
 */
const text = z.string().check(z.minLength(1), z.maxLength(2_000));
const epochMs = z.int().check(z.nonnegative());
const about = { service: text, rolloutId: text, atEpochMs: epochMs };
const count = z.number().check(z.nonnegative());
const counts = z.strictObject({ requests: count, errors: count, slow: count, unanswered: z.optional(count) });
const release = z.object({ id: text, imageDigest: text, tag: z.optional(text), contentHash: z.optional(text) });

export const lifecycleDetails = {
	"release.refused.v1": z.strictObject({ service: text, imageDigest: text, atEpochMs: epochMs, reason: text }),
	"release.queued.v1": z.strictObject({ service: text, release, atEpochMs: epochMs, reason: text }),
	/** A gate holds a release back. Said once for each gate; `opensAtEpochMs` is left out where nobody knows. */
	"release.held.v1": z.strictObject({
		service: text,
		release,
		atEpochMs: epochMs,
		gate: text,
		reason: text,
		opensAtEpochMs: z.optional(epochMs),
	}),
	/** A person asked for a release; `becomes` says what that leads to, `override` that they answer for closed gates. */
	"release.asked.v1": z.strictObject({
		service: text,
		release,
		atEpochMs: epochMs,
		verb: text,
		by: text,
		override: z.boolean(),
		becomes: text,
	}),
	"rollout.started.v1": z.strictObject({ ...about, release, replaces: release }),
	"rollout.superseded.v1": z.strictObject({ service: text, release, by: release, atEpochMs: epochMs }),
	"rollout.opened.v1": z.strictObject({ ...about }),
	"rollout.shifted.v1": z.strictObject({ ...about, fromPercent: z.number(), toPercent: z.number() }),
	"rollout.judged.v1": z.strictObject({
		...about,
		verdict: text,
		weightPercent: z.number(),
		reasons: z.array(text).check(z.maxLength(20)),
	}),
	"rollout.paused.v1": z.strictObject({ ...about, reason: text, explanation: text }),
	"rollout.resumed.v1": z.strictObject({ ...about, by: text, verb: text }),
	/** One approval of as many as are needed. */
	"rollout.approved.v1": z.strictObject({ ...about, by: text, approvals: count, approvalsNeeded: count }),
	"rollout.promotion-asked.v1": z.strictObject({ ...about, by: text, explanation: text }),
	"rollout.pause-asked.v1": z.strictObject({ ...about, by: text, explanation: text }),
	"rollout.promoted.v1": z.strictObject({ ...about, release, windowEndsAtEpochMs: epochMs }),
	"rollout.closed.v1": z.strictObject({ ...about, release }),
	"rollout.rolled-back.v1": z.strictObject({
		...about,
		cause: text,
		explanation: text,
		triggeredAtEpochMs: epochMs,
		zeroConfirmedAtEpochMs: epochMs,
		/** What both slots answered lately, for whoever asks why; null where nobody was exposed or nothing could be read. */
		counts: z.nullable(z.strictObject({ sinceEpochMs: epochMs, stable: counts, canary: counts })),
	}),
	"rollout.drained.v1": z.strictObject({ ...about, zeroObservedAtEpochMs: epochMs }),
	"rollout.ended.v1": z.strictObject({ ...about, outcome: z.enum(outcomes) }),
	"command.refused.v1": z.strictObject({
		service: text,
		rolloutId: z.optional(text),
		verb: text,
		by: text,
		atEpochMs: epochMs,
		reason: text,
	}),
	"service.enrolled.v1": z.strictObject({ service: text, release, by: text, atEpochMs: epochMs }),
	"service.released.v1": z.strictObject({ service: text, by: text, atEpochMs: epochMs }),
	/** The autoscaler of the slot that serves does not follow the load. Said once for each rollout that meets it. */
	"service.autoscaler-ambiguous.v1": z.strictObject({ ...about, autoscaler: text, reason: text }),
	/** Somebody else has changed what an idle service left, and no user notices; where one may, attention is needed. */
	"service.drifted.v1": z.strictObject({ service: text, atEpochMs: epochMs, reason: text }),
	"service.needs-attention.v1": z.strictObject({
		service: text,
		rolloutId: z.optional(text),
		atEpochMs: epochMs,
		reason: text,
	}),
} as const;

export type LifecycleKind = keyof typeof lifecycleDetails;

/** One thing that happened. `id` is the same each time the same thing is said again. */
export type LifecycleEvent = {
	readonly [K in LifecycleKind]: {
		readonly id: string;
		readonly kind: K;
		readonly detail: Readonly<z.infer<(typeof lifecycleDetails)[K]>>;
	};
}[LifecycleKind];

/** Source under which Sluice's own events appear on its bus. */
export const lifecycleSource = "sluice";

/** Raised where an event on the bus is not one of Sluice's own, or not of the shape its kind has. Never worth a retry. */
export class InvalidLifecycleEventError extends Error {
	override readonly name = "InvalidLifecycleEventError";
}

/** The detail as it travels: what happened, and as `eventId` the id, because the bus gives each sending an id of its own. */
export const busDetailOf = (event: LifecycleEvent): LifecycleEvent["detail"] & { readonly eventId: string } => ({
	...event.detail,
	eventId: event.id,
});

const kinds = Object.keys(lifecycleDetails) as LifecycleKind[];

const envelope = z.object({
	source: z.literal(lifecycleSource),
	"detail-type": z.enum(kinds),
	detail: z.looseObject({ eventId: text }),
});

/**
 * The event that a message on the bus carries; the inverse of `busDetailOf` in EventBridge's envelope.
 * @throws InvalidLifecycleEventError when it comes from somebody else, or its kind or detail is unknown.
 */
export const parseLifecycleEvent = (busEvent: unknown): LifecycleEvent => {
	const parsed = envelope.safeParse(busEvent);
	if (!parsed.success) throw invalid(parsed.error.issues);
	const { "detail-type": kind, detail } = parsed.data;
	const { eventId: id, ...rest } = detail;
	const checked = lifecycleDetails[kind].safeParse(rest);
	if (!checked.success) throw invalid(checked.error.issues);
	// The schema was chosen by the kind, which the compiler cannot follow through a union.
	return { id, kind, detail: checked.data } as LifecycleEvent;
};

const invalid = (issues: readonly z.core.$ZodIssue[]): InvalidLifecycleEventError => {
	const problems = issues.map(({ path, message }) => `${path.join(".") || "the event"}: ${message}`);
	return new InvalidLifecycleEventError(`Event on the bus is not a lifecycle event: ${problems.join("; ")}.`);
};
