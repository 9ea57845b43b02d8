import * as z from "zod/mini";
import { hasChangedRoles } from "../../lib/domain/closing.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { otherSlot, type SlotName } from "../../lib/domain/slot.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { InvalidWorkloadError, SlotEpochConflictError, type Workloads } from "../../lib/ports/workloads.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly workloads: Workloads;
	readonly telemetry: Telemetry;
}

const Input = z.object(rolloutPayload);

/** Time a cluster write needs to be sent and acknowledged. */
const writeMs = 6_000;

/**
 * Scales the slot that serves nobody to zero, and lets the other follow its load again.
 * Which one that is follows from the record: in both endings it is the one that is not stable (any more).
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId } = parseEvent(Input, event);
		const { epoch, state, definition } = await readRollout(ports, rolloutId);
		const isClosing = state.phase === "closing" && hasChangedRoles(state);
		if (!isClosing && state.phase !== "rolling-back") {
			throw new RolloutMovedConflictError(
				`Rollout ${rolloutId} is ${state.phase}; a slot is retired in rolling-back, or in closing once roles have changed.`,
			);
		}
		const retiring = { slot: otherSlot(state.stableSlot), epoch: isClosing ? state.stableEpoch : epoch };
		const staying = { slot: state.stableSlot, epoch: isClosing ? epoch : state.stableEpoch };
		const present = await ports.workloads.read(definition.workload, retiring.slot);
		invocation.ensureTimeLeft(writeMs);
		// A rollout that ended before it was deployed finds the slot with the epoch of an earlier one; a newer one is a fence.
		await ports.workloads.retire(definition.workload, retiring.slot, Math.min(present.epoch, retiring.epoch));
		invocation.ensureTimeLeft(writeMs);
		await release(ports, definition, staying);
		return { v: 1, kind: "retired", slot: retiring.slot } as const;
	});

/** Lets the slot that stays follow its load again. An autoscaler that somebody has taken away must not hold up the end. */
const release = async (
	{ workloads, telemetry }: Ports,
	{ workload }: ServiceDefinition,
	staying: { readonly slot: SlotName; readonly epoch: number },
): Promise<void> => {
	try {
		await workloads.hold(workload, staying.slot, null, staying.epoch);
	} catch (error) {
		if (!(error instanceof SlotEpochConflictError || error instanceof InvalidWorkloadError)) throw error;
		telemetry.warn("autoscaler not released", { slot: staying.slot, error: error.message });
		telemetry.count("AutoscalerNotReleased");
	}
};
