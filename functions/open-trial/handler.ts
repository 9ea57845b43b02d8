import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { recordTrialRule } from "../../lib/domain/exposure.ts";
import { weightsFor } from "../../lib/domain/slot.ts";
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

/** Time that opening both rules and recording it needs, its undoing included. */
const openMs = 6_000;
/** Time that showing testers the canary needs. */
const showMs = 1_500;

/**
 * Opens the trial rule at weight 0: harmless however late it lands, and target health is known before the first request.
 * Testers are shown the canary once the trial is on record: from then on a rollback finds what shows it to them.
 */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { rolloutId } = parseEvent(Input, event);
		const { service, epoch, state, definition } = await readRollout(ports, rolloutId);
		invocation.ensureTimeLeft(openMs);
		const { trialRuleArn, previewRuleArn } = await ports.router.open(definition.route, rolloutId, state.stableSlot);
		try {
			await ports.store.write(service, recordTrialRule(epoch, trialRuleArn));
		} catch (error) {
			// The rollout is over; a rule that nobody has on record would outlive it. One that is on record serves already.
			const isRefused = error instanceof StoreConflictError && error.current.epoch !== epoch;
			if (isRefused) await ports.router.abandon(trialRuleArn);
			if (isRefused && previewRuleArn !== undefined) await ports.router.abandon(previewRuleArn);
			throw error;
		}
		if (previewRuleArn !== undefined) {
			invocation.ensureTimeLeft(showMs);
			await ports.router.shift(definition.route, previewRuleArn, weightsFor(state.stableSlot, 100));
		}
		const atEpochMs = ports.clock.nowEpochMs();
		await ports.events.publish([announce("rollout.opened.v1", { service, rolloutId, atEpochMs })]);
		return { v: 1, kind: "opened" } as const;
	});
