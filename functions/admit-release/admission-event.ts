import * as z from "zod/mini";

const name = z.string().check(z.minLength(1), z.maxLength(256));

/**
 * Why admission looks at the registry: an image was pushed, a rollout has ended, or, once in a while, for no reason,
 * because either of these events may have been lost.
 */
export type Occasion =
	| { readonly kind: "push"; readonly repositoryName: string }
	| { readonly kind: "ended"; readonly service: string }
	| { readonly kind: "sweep" };

const PushEvent = z.pipe(
	z.object({ source: z.literal("aws.ecr"), detail: z.object({ "repository-name": name }) }),
	z.transform((event): Occasion => ({ kind: "push", repositoryName: event.detail["repository-name"] })),
);

const EndedEvent = z.pipe(
	z.object({
		source: z.literal("sluice"),
		"detail-type": z.literal("rollout.ended.v1"),
		detail: z.object({ service: name }),
	}),
	z.transform((event): Occasion => ({ kind: "ended", service: event.detail.service })),
);

const ScheduledEvent = z.pipe(
	z.object({ source: z.literal("aws.events"), "detail-type": z.literal("Scheduled Event") }),
	z.transform((): Occasion => ({ kind: "sweep" })),
);

/** Of each event only what admission needs: the registry is asked for the rest. */
export const AdmissionEvent = z.union([PushEvent, EndedEvent, ScheduledEvent]);
