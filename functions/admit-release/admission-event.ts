import * as z from "zod/mini";

const name = z.string().check(z.minLength(1), z.maxLength(256));

/** Why admission looks at the registry: an image was pushed, or a rollout has ended. */
export type Occasion =
	| { readonly kind: "push"; readonly repositoryName: string }
	| { readonly kind: "ended"; readonly service: string };

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

/** Of each event only what admission needs: the registry is asked for the rest. */
export const AdmissionEvent = z.union([PushEvent, EndedEvent]);
