/**
 * The three families that every error of a port belongs to (D14). State machines retry by name,
 * so names are set explicitly: a minifier renames constructors.
 * `Invalid…` is never retried, `…Conflict` means reload and retry once, `…Unavailable` retry with jitter.
 */
export class UnavailableError extends Error {
	override readonly name: string = "UnavailableError";
}

/** Somebody else was faster. */
export class ConflictError extends Error {
	override readonly name: string = "ConflictError";
}

/** The request can never succeed as it is. */
export class InvalidError extends Error {
	override readonly name: string = "InvalidError";
}

/** AWS understood the call and refused it for good, as for want of a permission. */
export class InvalidAwsCallError extends InvalidError {
	override readonly name = "InvalidAwsCallError";
}
