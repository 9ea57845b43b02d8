import { UnavailableError } from "./errors.ts";

export class IdentityUnavailableError extends UnavailableError {
	override readonly name = "IdentityUnavailableError";
}

/** Who somebody is, as IAM itself says it: what commands are sent as (`aws:userid`). */
export interface Identity {
	/** @throws IdentityUnavailableError */
	name(): Promise<string>;
}
