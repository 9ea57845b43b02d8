import { expect } from "vitest";
import type { RolloutCommand } from "../../lib/domain/command.ts";
import { type CommandDecision, decideCommand } from "../../lib/domain/command-decision.ts";
import type { Pause, ServiceState, Wish } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";

/** When the commands of these tests were sent. */
export const sentAtEpochMs = 1_950_000;
/** When they arrive. */
export const nowEpochMs = 2_000_000;

/** A command of any verb; not every verb has every field, and those that have not do not look at it. */
export const command = (verb: RolloutCommand["verb"], fields: Readonly<Record<string, unknown>> = {}): RolloutCommand =>
	({
		service: "checkout",
		rolloutId: "checkout-7",
		verb,
		by: "ana",
		id: "event-1",
		sentAtEpochMs,
		...fields,
	}) as RolloutCommand;

/** A question because of too little evidence, and what a test says of it. */
export const question = (fields: Partial<Pause> = {}): Pause => ({
	reason: "undecided",
	explanation: "Too few requests.",
	token: "token-1",
	sinceEpochMs: 1_900_000,
	approvers: [],
	...fields,
});

/** The wish that `command("pause")` leaves, and what a test says of it. */
export const wish = (fields: Partial<Wish> = {}): Wish => ({
	id: "event-1",
	verb: "pause",
	by: "ana",
	atEpochMs: sentAtEpochMs,
	phase: "trial",
	...fields,
});

/** What becomes of a command that arrives at `nowEpochMs`. */
export const decided = (state: ServiceState, asked: RolloutCommand): CommandDecision =>
	decideCommand(state, asked, nowEpochMs);

/** What an obeyed command leaves on record, but for the deed itself (`deed.test.ts`); fails where nothing is written. */
export const recordAfter = (state: ServiceState, decision: CommandDecision): ServiceState => {
	if (decision.kind !== "obey" || decision.write === null) throw new Error(`nothing to write: ${decision.kind}`);
	expect(satisfies(state, decision.write.condition)).toBe(true);
	const { deeds: _, ...record } = applied(state, decision.write);
	return record;
};

/** The events of a command that is obeyed. */
export const said = (decision: CommandDecision) => (decision.kind === "obey" ? decision.says : []);
/** What every event of ana's says. */
export const about = { service: "checkout", rolloutId: "checkout-7", atEpochMs: nowEpochMs, by: "ana" };
