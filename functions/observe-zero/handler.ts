import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { readableUntilEpochMs } from "../../lib/domain/publication.ts";
import { recordRollback } from "../../lib/domain/rollback.ts";
import { firstSilentBucket } from "../../lib/domain/silence.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Measurements } from "../../lib/ports/measurements.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly measurements: Measurements;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({
	...rolloutPayload,
	zeroConfirmedAtEpochMs: z.int(),
	/** False where the canary never had a share: then nothing needs to be seen to stop. */
	wasExposed: z.boolean(),
	lookIndex: z.int().check(z.minimum(0), z.maximum(1_000)),
});

/** Looks before giving up; data that never comes must not keep the slot for good. */
const maxLooks = 20;

/** Looks for the first complete bucket after zero was confirmed in which no request reached the canary's slot. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const input = parseEvent(Input, event);
		const { rolloutId, zeroConfirmedAtEpochMs } = input;
		const { service, state, definition } = await readRollout(ports, rolloutId);
		if (state.rollback === undefined)
			throw new RolloutMovedConflictError(`Rollout ${rolloutId} is not rolling back: ${service} is ${state.phase}.`);
		const atEpochMs = ports.clock.nowEpochMs();
		const periodMs = definition.measurements.periodSeconds * 1000;
		const fromEpochMs = Math.ceil(zeroConfirmedAtEpochMs / periodMs) * periodMs;
		const toEpochMs = readableUntilEpochMs(definition.measurements, atEpochMs);
		const seen =
			input.wasExposed && toEpochMs > fromEpochMs
				? await ports.measurements.read(definition, { stableSlot: state.stableSlot, fromEpochMs, toEpochMs })
				: [];
		const silentFromEpochMs = input.wasExposed ? firstSilentBucket(seen) : zeroConfirmedAtEpochMs;
		const lookIndex = input.lookIndex + 1;
		if (silentFromEpochMs === null) {
			return {
				v: 1,
				kind: lookIndex < maxLooks ? "wait" : "unseen",
				waitSeconds: Math.max(10, periodMs / 2_000),
				lookIndex,
			} as const;
		}
		const record = recordRollback(state, { zeroObservedAtEpochMs: silentFromEpochMs });
		invocation.ensureTimeLeft(2_000);
		if (record !== null) await ports.store.write(service, record);
		const drained = { service, rolloutId, atEpochMs, zeroObservedAtEpochMs: silentFromEpochMs };
		await ports.events.publish([announce("rollout.drained.v1", drained)]);
		return { v: 1, kind: "observed", waitSeconds: 0, lookIndex } as const;
	});
