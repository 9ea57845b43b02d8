import type { RolloutRecord } from "../domain/rollout-record.ts";
import { UnavailableError } from "./errors.ts";

/** The history did not answer, or not in time. Whether it kept a record is unknown; appending again is harmless. */
export class HistoryUnavailableError extends UnavailableError {
	override readonly name = "HistoryUnavailableError";
}

/** More records than this are never listed at once. */
export const mostRecords = 500;

/** What became of earlier rollouts. Nothing in it is ever changed. All methods throw HistoryUnavailableError. */
export interface RolloutHistory {
	/** Keeps a record. Idempotent: of several with one `rolloutId` the first stands. */
	append(record: RolloutRecord): Promise<void>;
	/** A service's newest records first, as many as asked for or `mostRecords`; none where it has none. */
	list(service: string, limit: number): Promise<readonly RolloutRecord[]>;
}
