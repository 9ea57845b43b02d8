import type { Measurement } from "../domain/measurement.ts";
import type { ServiceDefinition } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import { UnavailableError } from "./errors.ts";

export class MeasurementsUnavailableError extends UnavailableError {
	override readonly name = "MeasurementsUnavailableError";
}

export interface MeasurementRange {
	readonly stableSlot: SlotName;
	/** Inclusive; a multiple of the source's period. */
	readonly fromEpochMs: number;
	/** Exclusive. Only buckets that are complete by then are answered. */
	readonly toEpochMs: number;
}

/** Counts of requests per slot and bucket, oldest first; one entry for every bucket of the range. */
export interface Measurements {
	read(definition: ServiceDefinition, range: MeasurementRange): Promise<readonly Measurement[]>;
}
