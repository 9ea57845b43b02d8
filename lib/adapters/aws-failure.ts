import { InvalidAwsCallError, type InvalidError, type UnavailableError } from "../ports/errors.ts";

/** Refusals that carry a client's status code although the same call may succeed later. */
const passing = new Set([
	"ExecutionLimitExceeded",
	"ExpiredToken",
	"ExpiredTokenException",
	"KmsThrottlingException",
	"PriorRequestNotComplete",
	"ProvisionedThroughputExceededException",
	"RequestLimitExceeded",
	"RequestTimeout",
	"RequestTimeTooSkewed",
	"SlowDown",
	"Throttling",
	"ThrottlingException",
	"TooManyRequestsException",
	"TransactionConflictException",
	"TransactionInProgressException",
]);

/**
 * The error of a port that a failed call to AWS stands for: Invalid where AWS refused for good, else Unavailable.
 * Whatever is not known to be a refusal counts as unavailable, because a bounded retry is the safer mistake.
 */
export const failureOf = (
	call: string,
	error: unknown,
	Unavailable: new (message: string, options: ErrorOptions) => UnavailableError,
): InvalidError | UnavailableError => {
	const name = error instanceof Error ? error.name : "Error";
	const message = `${call} failed with ${name}: ${error instanceof Error ? error.message : String(error)}`;
	const options = { cause: error };
	return isRefusal(error) ? new InvalidAwsCallError(message, options) : new Unavailable(message, options);
};

/** The status code that AWS answered with; undefined where there was no answer. */
export const statusOf = (error: unknown): number | undefined => {
	if (!(error instanceof Error && "$metadata" in error)) return undefined;
	return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode;
};

// The status decides and not the SDK's `$fault`, which is "client" for a throttle too, and for any error it has no model of.
const isRefusal = (error: unknown): boolean => {
	const status = statusOf(error);
	if (!(error instanceof Error) || status === undefined || passing.has(error.name)) return false;
	return status >= 400 && status < 500 && status !== 408 && status !== 409 && status !== 429;
};
