import { UnavailableError } from "./errors.ts";

/** The seats did not answer, or not in time. Whether they were changed is unknown; changing them again is harmless. */
export class SeatsUnavailableError extends UnavailableError {
	override readonly name = "SeatsUnavailableError";
}

/**
 * Which rollouts of an environment hold one of its seats, by their ids. A seat is taken by admission alone, in the
 * transaction that begins the rollout (`ServiceStore.admit`), so that the limit is never exceeded.
 * All methods throw SeatsUnavailableError and are idempotent.
 */
export interface TrialSeats {
	/** Strongly consistent. */
	list(): Promise<readonly string[]>;
	/** Gives a rollout that is under way a seat without asking for room: it began when nobody counted. */
	grant(rolloutId: string): Promise<void>;
	/** Frees a rollout's seat; nothing where it has none. */
	giveBack(rolloutId: string): Promise<void>;
}
