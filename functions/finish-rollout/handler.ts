import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { finish, outcomeOf } from "../../lib/domain/closing.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import { measuresOf } from "../../lib/domain/rollout-measures.ts";
import { recordOf } from "../../lib/domain/rollout-record.ts";
import { type LastRollout, type Outcome, outcomes, type ServiceState } from "../../lib/domain/service-state.ts";
import type { Alarms } from "../../lib/ports/alarms.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { RolloutHistory } from "../../lib/ports/rollout-history.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { rolloutPayload } from "../rollout-payload.ts";
import { stillRed } from "./still-red.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly history: RolloutHistory;
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
		// A repeated call finds the service idle; its event may not have been published, so it is said again.
		await ports.events.publish([announce("rollout.ended.v1", { service, rolloutId, atEpochMs, outcome })]);
		if (isMine) ports.telemetry.count("RolloutEnded", { outcome });
		for (const { name, seconds, dimensions } of record === null ? [] : measuresOf(record))
			ports.telemetry.measure(name, seconds, dimensions);
		return { v: 1, kind: "finished", outcome } as const;
	});

/** The machine only knows which way traffic went; whether it went back for another release's sake, the record does. */
const outcomeIn = ({ rollback, last }: ServiceState, rolloutId: string, told: Outcome): Outcome => {
	if (last?.rolloutId === rolloutId) return last.outcome;
	return told === "promoted" || rollback === undefined ? told : outcomeOf(rollback);
};

const lastOf = ({ rolloutId, release }: ServiceState, outcome: Outcome, endedAtEpochMs: number) =>
	rolloutId === undefined || release === undefined
		? undefined
		: ({ rolloutId, release, outcome, endedAtEpochMs } satisfies LastRollout);
