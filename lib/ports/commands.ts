import type { Command } from "../domain/command.ts";
import { UnavailableError } from "./errors.ts";

/** The bus did not take the command, or it is not known whether it did. Sending it again does no harm. */
export class CommandsUnavailableError extends UnavailableError {
	override readonly name = "CommandsUnavailableError";
}

type Sendable<C> = C extends Command ? Omit<C, "id" | "sentAtEpochMs"> : never;

/** What a person asks for; the bus says when it was sent. */
export type SentCommand = Sendable<Command>;

/** How a person's command gets to where it is obeyed. What becomes of it is said by events, and read off the record. */
export interface Commands {
	/** At least once. @throws CommandsUnavailableError */
	send(command: SentCommand): Promise<void>;
}
