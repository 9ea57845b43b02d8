import { addCounts, type Counts, noCounts, settledCounts } from "../../lib/domain/measurement.ts";
import { readableUntilEpochMs } from "../../lib/domain/publication.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Measurements } from "../../lib/ports/measurements.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";

interface Ports {
	readonly catalog: ServiceCatalog;
	readonly measurements: Measurements;
	readonly telemetry: Telemetry;
}

/** What both slots answered since the canary was exposed, ten minutes at most. */
export interface LastCounts {
	readonly sinceEpochMs: number;
	readonly stable: Counts;
	readonly canary: Counts;
}

const longestSeconds = 600;

/** Reads what a rollback should be able to say besides its cause (D9); null where there is nothing, or it cannot be read. */
export const lastCounts = async (ports: Ports, state: ServiceState, nowEpochMs: number): Promise<LastCounts | null> => {
	const { service, definitionHash, exposedAtEpochMs, stableSlot } = state;
	if (exposedAtEpochMs === undefined || definitionHash === undefined) return null;
	try {
		const definition = await ports.catalog.readPinned(service, definitionHash);
		const periodMs = definition.measurements.periodSeconds * 1000;
		const earliest = Math.max(exposedAtEpochMs, nowEpochMs - longestSeconds * 1000);
		const sinceEpochMs = Math.floor(earliest / periodMs) * periodMs;
		const toEpochMs = readableUntilEpochMs(definition.measurements, nowEpochMs);
		if (toEpochMs <= sinceEpochMs) return null;
		const buckets = await ports.measurements.read(definition, { stableSlot, fromEpochMs: sinceEpochMs, toEpochMs });
		const total = (arm: "stable" | "canary"): Counts =>
			settledCounts(buckets.reduce((sum, bucket) => addCounts(sum, bucket[arm]), noCounts));
		return { sinceEpochMs, stable: total("stable"), canary: total("canary") };
	} catch (error) {
		// Why traffic went back is worth knowing, and no reason to hold up its being said.
		ports.telemetry.warn("counts of a rollback not read", { service, error: String(error) });
		return null;
	}
};
