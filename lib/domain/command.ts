import * as z from "zod/mini";
import { sourceOfPeople } from "./identity.ts";

/**
 * Everything that people may ask for, declared once: the rule's pattern, IAM's policies, parsers and the command line
 * are all derived from here. The verb is part of the kind, because IAM's `events:detail-type` can tell kinds apart and
 * not what a detail says.
 */
const name = z.string().check(z.minLength(1), z.maxLength(256));
const epochMs = z.int().check(z.nonnegative());
const service = name;
const rolloutId = name;
/** The question that it answers, by `atEpochMs` of its `rollout.paused.v1`; whichever is open where absent. */
const askedAtEpochMs = z.optional(epochMs);
/** A release by its id, its digest or the beginning of either. */
const release = z.strictObject({ id: z.optional(name), digest: z.optional(name) });

/** The person takes it on themselves that gates are closed; said and recorded. */
const override = z.optional(z.boolean());

const commandDetails = {
	approve: z.strictObject({ service, rolloutId, askedAtEpochMs }),
	resume: z.strictObject({ service, rolloutId, askedAtEpochMs }),
	promote: z.strictObject({ service, rolloutId }),
	// These two take users away from the canary or leave them where they are: whichever rollout is under way.
	pause: z.strictObject({ service, rolloutId: z.optional(rolloutId) }),
	abort: z.strictObject({ service, rolloutId: z.optional(rolloutId) }),
	retry: z.strictObject({ service, rolloutId: z.optional(rolloutId), override }),
	release: z.strictObject({ service, release: z.optional(release), override }),
} as const;

export type CommandVerb = keyof typeof commandDetails;

export const commandVerbs = Object.keys(commandDetails) as readonly CommandVerb[];

/** What is asked of the rollout under way; the others ask for a rollout. */
export const rolloutVerbs = ["approve", "resume", "promote", "pause", "abort"] as const satisfies CommandVerb[];
export type RolloutVerb = (typeof rolloutVerbs)[number];

/** The detail type under which a verb travels. */
export type CommandKind<Verb extends CommandVerb = CommandVerb> = `command.${Verb}.v1`;

export const commandKind = <Verb extends CommandVerb>(verb: Verb): CommandKind<Verb> => `command.${verb}.v1`;

/** What a person asks for, and who they are. */
export type Command = {
	readonly [Verb in CommandVerb]: {
		readonly verb: Verb;
		/** Of the event that carried it: a second delivery has the same. */
		readonly id: string;
		/** Identity of the person, as the event's source has it. */
		readonly by: string;
		/** When it was sent. One from before a question was asked cannot be its answer. */
		readonly sentAtEpochMs: number;
	} & Readonly<z.infer<(typeof commandDetails)[Verb]>>;
}[CommandVerb];

export type RolloutCommand = Extract<Command, { readonly verb: RolloutVerb }>;

/** The envelope of a command on the bus. Identities have at most 64 characters of session name behind a role's id. */
const envelope = <Verb extends CommandVerb>(verb: Verb) =>
	z.object({
		"detail-type": z.literal(commandKind(verb)),
		id: name,
		source: z.string().check(z.startsWith(sourceOfPeople), z.minLength(sourceOfPeople.length + 1), z.maxLength(256)),
		time: z.iso.datetime(),
		detail: commandDetails[verb],
	});

/** What people ask of the rollout under way, as the bus delivers it. */
export const RolloutCommandEvent = z.discriminatedUnion("detail-type", [
	envelope("approve"),
	envelope("resume"),
	envelope("promote"),
	envelope("pause"),
	envelope("abort"),
]);

/** What people ask of admission, as the bus delivers it. */
export const ReleaseCommandEvent = z.discriminatedUnion("detail-type", [envelope("retry"), envelope("release")]);

type CommandEvent = z.infer<typeof RolloutCommandEvent> | z.infer<typeof ReleaseCommandEvent>;

/** The command that an event carries. Who asks is what the source says, whatever else the event may say. */
export const commandOf = <Event extends CommandEvent>(event: Event, sentAtEpochMs: number): CommandIn<Event> => {
	const { "detail-type": kind, id, source, detail } = event;
	const [, verb] = kind.split(".");
	const by = source.slice(sourceOfPeople.length);
	// The detail was parsed by the schema that belongs to the verb, which the compiler cannot follow through a split.
	return { ...detail, verb, id, by, sentAtEpochMs } as CommandIn<Event>;
};

type CommandIn<Event extends CommandEvent> = Extract<
	Command,
	{ readonly verb: Event["detail-type"] extends CommandKind<infer Verb> ? Verb : never }
>;
