import type { CommandVerb } from "./command.ts";
import type { ServiceState } from "./service-state.ts";
import type { Transition } from "./transition.ts";

/** What a person did to a rollout: the command that counted, not those that were refused. */
export interface Deed {
	readonly verb: CommandVerb;
	/** Identity of the person. */
	readonly by: string;
	/** When the command was sent. */
	readonly atEpochMs: number;
	/** The person took it on themselves that gates were closed. */
	readonly override?: boolean;
}

/** So many are kept of one rollout, the newest: an item stays far below what a table holds. */
const mostDeeds = 50;

/** What people have done to the rollout under way; none where it began under a version of Sluice that noted nothing. */
export const deedsOf = ({ deeds = [] }: Pick<ServiceState, "deeds">): readonly Deed[] => deeds;

/**
 * Has a write note who asked for it. Two people at once write one after the other, so that none of them is forgotten;
 * a write that changes nothing else, because what it says is on record, is not made again.
 */
export const noting = (state: Pick<ServiceState, "deeds">, write: Transition, deed: Deed): Transition => ({
	...write,
	condition: { ...write.condition, deeds: deedsOf(state).length },
	set: { ...write.set, deeds: [...deedsOf(state), deed].slice(-mostDeeds) },
});

const verbTexts: Readonly<Record<CommandVerb, string>> = {
	approve: "approved",
	resume: "resumed",
	promote: "promoted early",
	pause: "paused",
	abort: "aborted",
	retry: "tried again",
	release: "asked for",
};

/** A deed in words, to be followed by when it was. */
export const deedText = ({ verb, by, override = false }: Deed): string =>
	`${verbTexts[verb]} by ${by}${override ? ", closed gates or not" : ""}`;
