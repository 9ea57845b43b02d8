import type { CommandVerb } from "./command.ts";
import type { RefusedCommand, ServiceState } from "./service-state.ts";
import type { Transition } from "./transition.ts";

/** What can be seen of a command on the record of its service, some time after it was sent. */
export type CommandEffect =
	| { readonly kind: "done"; readonly sentence: string }
	| { readonly kind: "refused"; readonly reason: string }
	| { readonly kind: "pending" };

/**
 * Leaves a refusal on the record of its service, the one place that both sides see. Whoever comes late replaces a newer
 * one, which costs somebody a reason and nothing else.
 */
export const noteRefusal = (refused: RefusedCommand): Transition => ({
	condition: {},
	set: { refused: { ...refused, reason: refused.reason.slice(0, 1_000) } },
});

const done = (sentence: string): CommandEffect => ({ kind: "done", sentence });
const pending: CommandEffect = { kind: "pending" };

const isAnswered = (before: ServiceState, now: ServiceState): boolean =>
	before.pause !== undefined && now.pause?.token !== before.pause.token;

const hasMovedOn = (before: ServiceState, now: ServiceState): boolean =>
	before.rolloutId !== now.rolloutId || before.phase !== now.phase;

/** A refusal of this command: one that was not there before, of the same verb by the same person. */
const refusalIn = (verb: CommandVerb, by: string, before: ServiceState, now: ServiceState): RefusedCommand | null => {
	const { refused } = now;
	const isNew = refused !== undefined && refused.atEpochMs !== before.refused?.atEpochMs;
	return isNew && refused.verb === verb && refused.by === by ? refused : null;
};

/** What a record shows that was read after a command, beside the one read before it. */
export const effectOf = (
	{ verb, by }: { readonly verb: CommandVerb; readonly by: string },
	before: ServiceState,
	now: ServiceState,
): CommandEffect => {
	const refusal = refusalIn(verb, by, before, now);
	if (refusal !== null) return { kind: "refused", reason: refusal.reason };
	switch (verb) {
		case "approve":
		case "resume":
			return isAnswered(before, now) ? done("The question is answered; the rollout goes on.") : pending;
		case "abort":
			if (now.phase === "rolling-back") return done("Everybody goes back to the stable version.");
			return before.rolloutId !== now.rolloutId ? done("The rollout has ended.") : pending;
		case "pause":
			if (now.pause !== undefined) return done("The rollout waits for a person.");
			return hasMovedOn(before, now) ? done(`The rollout has moved on: it is ${now.phase}.`) : pending;
		case "promote":
			if (isAnswered(before, now)) return done("The question is answered; the rollout goes on.");
			return hasMovedOn(before, now) ? done(`The rollout has moved on: it is ${now.phase}.`) : pending;
		case "retry":
		case "release":
			return before.rolloutId !== now.rolloutId && now.rolloutId !== undefined
				? done(`Rollout ${now.rolloutId} has begun.`)
				: pending;
	}
};
