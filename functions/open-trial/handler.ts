import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { recordTrialRule } from "../../lib/domain/exposure.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import { type ServiceStore, StoreConflictError } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { TrafficRouter } from "../../lib/ports/traffic-router.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { readRollout, rolloutPayload } from "../rollout-payload.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly router: TrafficRouter;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object(rolloutPayload);

/** Time that opening a rule and recording it needs, its undoing included. */
const openMs = 4_000;

/** Opens the trial rule at weight 0: harmless however late it lands, and target health is known before the first request. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId } = parseEvent(Input, event);
		const { service, epoch, state, definition } = await readRollout(ports, rolloutId);
		invocation.ensureTimeLeft(openMs);
		const { trialRuleArn } = await ports.router.open(definition.route, rolloutId, state.stableSlot);
		try {
			await ports.store.write(service, recordTrialRule(epoch, trialRuleArn));
		} catch (error) {
			// The rollout is over; a rule that nobody has on record would outlive it. One that is on record serves already.
			const isRefused = error instanceof StoreConflictError && error.current.epoch !== epoch;
			if (isRefused) await ports.router.abandon(trialRuleArn);
			throw error;
		}
		const atEpochMs = ports.clock.nowEpochMs();
		await ports.events.publish([announce("rollout.opened.v1", { service, rolloutId, atEpochMs })]);
		return { v: 1, kind: "opened" } as const;
	});
