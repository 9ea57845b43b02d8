import type { Release } from "../domain/release.ts";
import { UnavailableError } from "./errors.ts";

/** The ledger did not answer, or not in time. Whether it wrote is unknown; writing again is harmless. */
export class LedgerUnavailableError extends UnavailableError {
	override readonly name = "LedgerUnavailableError";
}

/** What is remembered of images beside a service's state. All methods throw LedgerUnavailableError. */
export interface ReleaseLedger {
	/** Whether a service has admitted the release's image before, whatever it was configured with. Strongly consistent. */
	hasAdmitted(service: string, release: Release): Promise<boolean>;
	/** Remembers who gave an image a tag that is rolled out. Idempotent: whoever was first stays. */
	rememberPusher(service: string, release: Release, by: string): Promise<void>;
	/** Who pushed an image, as far as is known; null where nobody has said. Strongly consistent. */
	pusherOf(service: string, release: Release): Promise<string | null>;
}
