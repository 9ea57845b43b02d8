import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { finish, lastOf, outcomeIn } from "../../lib/domain/closing.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import { measuresOf } from "../../lib/domain/rollout-measures.ts";
import { recordOf } from "../../lib/domain/rollout-record.ts";
import { outcomes } from "../../lib/domain/service-state.ts";
import type { Alarms } from "../../lib/ports/alarms.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { RolloutHistory } from "../../lib/ports/rollout-history.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrialSeats } from "../../lib/ports/trial-seats.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { rolloutPayload } from "../rollout-payload.ts";
import { stillRed } from "./still-red.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly history: RolloutHistory;
	readonly seats: TrialSeats;
	readonly catalog: ServiceCatalog;
	readonly alarms: Alarms;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({ ...rolloutPayload, outcome: z.enum(outcomes) });

/** Returns the service to idle and says how the rollout ended. What still waits is found again by admission. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId, outcome: told } = parseEvent(Input, event);
		const { service, epoch } = parseRolloutId(rolloutId);
		const state = await ports.store.read(service);
		const atEpochMs = ports.clock.nowEpochMs();
		const isMine = state.rolloutId === rolloutId;
		const outcome = outcomeIn(state, rolloutId, told);
		const attention = isMine && outcome !== "promoted" ? await stillRed(ports, state, atEpochMs) : [];
		// Before the record forgets the rollout: a repeated call finds nothing left to look at.
		if (attention.length > 0) await ports.events.publish(attention);
		// Before it as well: what is remembered of the rollout is read off that record.
		const record = isMine ? recordOf(state, outcome, atEpochMs) : null;
		invocation.ensureTimeLeft(2_000);
		if (record !== null) await ports.history.append(record);
		if (isMine) await ports.store.write(service, finish(epoch, service, outcome, lastOf(state, outcome, atEpochMs)));
		// After the service is idle, so that there are never more under way than seats; before the end is said, so that
		// whoever hears of it finds a seat. What dies in between, the reconciler sees.
		await ports.seats.giveBack(rolloutId);
		// A repeated call finds the service idle; its event may not have been published, so it is said again.
		await ports.events.publish([announce("rollout.ended.v1", { service, rolloutId, atEpochMs, outcome })]);
		if (isMine) ports.telemetry.count("RolloutEnded", { outcome });
		for (const { name, seconds, dimensions } of record === null ? [] : measuresOf(record))
			ports.telemetry.measure(name, seconds, dimensions);
		return { v: 1, kind: "finished", outcome } as const;
	});
