import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { promote } from "../../lib/domain/promotion.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { RolloutMovedConflictError, readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object(rolloutPayload);

/** Opens the window. Routing does not change: the canary serves everything already, and a rollback stays one call. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId } = parseEvent(Input, event);
		const { service, epoch, state, definition } = await readRollout(ports, rolloutId);
		const atEpochMs = ports.clock.nowEpochMs();
		invocation.ensureTimeLeft(2_000);
		// A repeated call finds the window open and must not make it longer.
		const after =
			state.phase === "window"
				? state
				: await ports.store.write(service, promote(epoch, atEpochMs, definition.windowSeconds));
		const { release, windowEndsAtEpochMs } = after;
		if (release === undefined || windowEndsAtEpochMs === undefined) {
			throw new RolloutMovedConflictError(`Rollout ${rolloutId} has no release or no window on record.`);
		}
		await ports.events.publish([
			announce("rollout.promoted.v1", { service, rolloutId, atEpochMs, release, windowEndsAtEpochMs }),
		]);
		return { v: 1, kind: "promoted", atEpochMs } as const;
	});
