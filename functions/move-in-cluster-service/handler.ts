import * as z from "zod/mini";
import type { Phase } from "../../lib/domain/service-state.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { InvalidWorkloadError, type Workloads } from "../../lib/ports/workloads.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly workloads: Workloads;
	readonly telemetry: Telemetry;
}

const Input = z.object({ ...rolloutPayload, to: z.enum(["canary", "stable"]) });

/** The only phase in which each direction is right. */
const phaseOf: Readonly<Record<"canary" | "stable", Phase>> = { canary: "window", stable: "rolling-back" };

/** Moves in-cluster callers at once: to the canary at promotion, to stable in a rollback (D3a). */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId, to } = parseEvent(Input, event);
		const { state, definition } = await readRollout(ports, rolloutId);
		if (state.phase !== phaseOf[to]) {
			throw new RolloutMovedConflictError(
				`Rollout ${rolloutId} is ${state.phase}; in-cluster callers move to ${to} in ${phaseOf[to]} only.`,
			);
		}
		invocation.ensureTimeLeft(6_000);
		const slot = to === "canary" ? otherSlot(state.stableSlot) : state.stableSlot;
		try {
			await ports.workloads.directInClusterService(definition.workload, slot, state.epoch);
		} catch (error) {
			// On the way back a Service that is not there has no callers; on the way out it is a mistake to be seen.
			if (to === "canary" || !(error instanceof InvalidWorkloadError)) throw error;
			ports.telemetry.warn("in-cluster Service not moved back", { rolloutId, error: error.message });
			return { v: 1, kind: "absent", slot } as const;
		}
		return { v: 1, kind: "moved", slot } as const;
	});
