import type { Leaving, Tombstone } from "../domain/enrolment-facts.ts";
import type { Release } from "../domain/release.ts";
import type { ServiceState } from "../domain/service-state.ts";
import type { SlotName } from "../domain/slot.ts";
import { ConflictError } from "./errors.ts";

/** The record is not as it was read: look again before you write. */
export class EnrolmentConflictError extends ConflictError {
	override readonly name = "EnrolmentConflictError";
}

/**
 * Brings a service's record into being and takes it away; between that it is ServiceStore's. What stays behind keeps
 * epochs from beginning anew, so that a late writer of an earlier life finds no place. All throw StoreUnavailableError.
 */
export interface EnrolmentRecord {
	/** Strongly consistent. */
	read(service: string): Promise<{ readonly record: ServiceState | null; readonly tombstone: Tombstone | null }>;
	/** @throws EnrolmentConflictError where there is a record, or an epoch as high as this one was there before. */
	enrol(state: ServiceState): Promise<void>;
	/** Takes the record away while it is idle at this epoch, and remembers what served. @throws EnrolmentConflictError */
	withdraw(service: string, epoch: number, slot: SlotName, release: Release): Promise<void>;
	/** Marks a service without a record as leaving, so that nobody enrols it meanwhile. @throws as `close` does. */
	bar(service: string, epoch: number, leaving: Leaving): Promise<void>;
	/** Leaves nothing but the epoch. @throws EnrolmentConflictError where a higher one is remembered. */
	close(service: string, epoch: number): Promise<void>;
}
