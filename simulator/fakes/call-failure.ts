import { InvalidAwsCallError, type InvalidError, type UnavailableError } from "../../lib/ports/errors.ts";
import { Refusal } from "../world/refusal.ts";

/**
 * The error of a port that a failed call stands for: Invalid where the world refused for good, else Unavailable,
 * as for silence, a throttle and whatever else a caller throws.
 */
export const failureOf = (
	operation: string,
	error: unknown,
	Unavailable: new (message: string, options: ErrorOptions) => UnavailableError,
): InvalidError | UnavailableError => {
	const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	const message = `${operation} failed with ${reason}`;
	return error instanceof Refusal
		? new InvalidAwsCallError(message, { cause: error })
		: new Unavailable(message, { cause: error });
};
