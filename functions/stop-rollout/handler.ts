import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { recordRollback } from "../../lib/domain/rollback.ts";
import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { type Executions, executionArnOf } from "../../lib/ports/executions.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Measurements } from "../../lib/ports/measurements.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { RolloutMovedConflictError, rolloutPayload } from "../rollout-payload.ts";
import type { Environment } from "./environment.ts";
import { judgement } from "./judgement.ts";
import { lastCounts } from "./last-counts.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly executions: Executions;
	readonly catalog: ServiceCatalog;
	readonly measurements: Measurements;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({ ...rolloutPayload, zeroConfirmedAtEpochMs: z.int() });

/** Ends the rollout's execution, whatever it waits for, and says what was judged and why traffic went back (D4a). */
export const makeHandler = (ports: Ports, environment: Environment) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId, zeroConfirmedAtEpochMs: told } = parseEvent(Input, event);
		const { service } = parseRolloutId(rolloutId);
		const state = await ports.store.read(service);
		const { rollback } = state;
		if (state.rolloutId !== rolloutId || rollback === undefined) {
			throw new RolloutMovedConflictError(`Rollout ${rolloutId} is not rolling back: ${service} is ${state.phase}.`);
		}
		// Another execution may have been here, and said it: what was said first it says always.
		const { zeroConfirmedAtEpochMs = told } = rollback;
		const executionArn = executionArnOf(environment.ROLLOUT_MACHINE_ARN, rolloutId);
		invocation.ensureTimeLeft(3_000);
		await ports.executions.stop(executionArn, `Rolled back: ${rollback.explanation}`.slice(0, 1_000));
		const record = recordRollback(state, { zeroConfirmedAtEpochMs });
		const recorded = record === null ? state : await ports.store.write(service, record);
		const { kind: cause, explanation, triggeredAtEpochMs } = rollback;
		const atEpochMs = ports.clock.nowEpochMs();
		const counts = await lastCounts(ports, state, atEpochMs);
		const touched = counts === null ? null : recordRollback(recorded, { touched: counts.canary });
		if (touched !== null) await ports.store.write(service, touched);
		await ports.events.publish([
			...judgement(state),
			announce("rollout.rolled-back.v1", {
				service,
				rolloutId,
				atEpochMs,
				cause,
				explanation,
				triggeredAtEpochMs,
				zeroConfirmedAtEpochMs,
				counts,
			}),
		]);
		ports.telemetry.count("RolledBack", { cause });
		return { v: 1, kind: "stopped" } as const;
	});
