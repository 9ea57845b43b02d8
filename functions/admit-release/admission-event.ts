import * as z from "zod/mini";
import { commandOf, ReleaseCommandEvent } from "../../lib/domain/command.ts";

const name = z.string().check(z.minLength(1), z.maxLength(256));

/** What a person asks of admission. */
export type ReleaseCommand = ReturnType<typeof commandOf<z.infer<typeof ReleaseCommandEvent>>>;

/** Who gave an image of a repository a tag, as CloudTrail says it. */
export interface Pusher {
	readonly repositoryName: string;
	readonly imageDigest: string;
	readonly tag: string;
	/** The same text as `aws:userid` in IAM's policies, so that people can be told apart by it. */
	readonly by: string;
}

/**
 * Why admission looks at the registry: an image was pushed, a rollout has ended, a person wants a release, or, once in a
 * while, for no reason, because any of these events may have been lost.
 */
export type Occasion =
	| { readonly kind: "push"; readonly repositoryName: string }
	| { readonly kind: "ended"; readonly service: string }
	| { readonly kind: "command"; readonly command: ReleaseCommand }
	/** Somebody is known to have pushed an image; nothing begins because of that. */
	| { readonly kind: "pusher"; readonly pusher: Pusher }
	| { readonly kind: "sweep" };

const PushEvent = z.pipe(
	z.object({
		source: z.literal("aws.ecr"),
		detail: z.object({ "repository-name": name }),
	}),
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

const CommandEvent = z.pipe(
	ReleaseCommandEvent,
	z.transform((event): Occasion => ({ kind: "command", command: commandOf(event, Date.parse(event.time)) })),
);

/** CloudTrail's record of PutImage; an image without a tag is part of another one, and nobody's release. */
const PusherEvent = z.pipe(
	z.object({
		source: z.literal("aws.ecr"),
		"detail-type": z.literal("AWS API Call via CloudTrail"),
		detail: z.object({
			userIdentity: z.object({ principalId: name }),
			responseElements: z.object({
				image: z.object({ repositoryName: name, imageId: z.object({ imageDigest: name, imageTag: name }) }),
			}),
		}),
	}),
	z.transform(({ detail: { userIdentity, responseElements } }): Occasion => {
		const { repositoryName, imageId } = responseElements.image;
		const pusher: Pusher = {
			repositoryName,
			imageDigest: imageId.imageDigest,
			tag: imageId.imageTag,
			by: userIdentity.principalId,
		};
		return { kind: "pusher", pusher };
	}),
);

/** Of each event only what admission needs: the registry is asked for the rest. */
export const AdmissionEvent = z.union([PushEvent, EndedEvent, ScheduledEvent, CommandEvent, PusherEvent]);
