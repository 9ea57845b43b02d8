import * as z from "zod/mini";
import { announce } from "../../lib/domain/announcement.ts";
import { causeOfRed, claimWeight, decideExposure, keepWeight, redSinceExposure } from "../../lib/domain/exposure.ts";
import { weightBefore } from "../../lib/domain/step-plan.ts";
import { pauseWish } from "../../lib/domain/wish.ts";
import type { Alarms } from "../../lib/ports/alarms.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import { type TrafficRouter, TrialGoneConflictError } from "../../lib/ports/traffic-router.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { readRollout, rolloutPayload } from "../rollout-payload.ts";
import { setWeights } from "./set-weights.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly router: TrafficRouter;
	readonly alarms: Alarms;
	readonly events: LifecycleEvents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({
	...rolloutPayload,
	weightPercent: z.number().check(z.minimum(0), z.maximum(100)),
	/** Names of the red alarms that a person was asked about and accepted. */
	acceptedAlarms: z.optional(z.array(z.string()).check(z.maxLength(100))),
	// Executions that began before the names were carried say this instead; one answer counts for every alarm there.
	acceptRed: z.optional(z.boolean()),
});

/** Time that claiming, shifting and reading back need. */
const shiftMs = 5_000;

/** Gives the canary its share: claim it in the record, set it in the router, read it back (D4). */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const { v, rolloutId, weightPercent, acceptedAlarms = [], acceptRed = false } = parseEvent(Input, event);
		const rollout = await readRollout(ports, rolloutId);
		const { service, epoch, state, definition } = rollout;
		const { trialRuleArn } = state;
		if (trialRuleArn === undefined)
			throw new TrialGoneConflictError(`Rollout ${rolloutId} has no trial rule on record.`);

		// Before the alarms are read: one that turns red from here on counts as red since the exposure.
		const exposedAtEpochMs = ports.clock.nowEpochMs();
		let redAlarms: Readonly<Record<string, number>> | null = null;
		const redNow = await ports.alarms.readRed(definition.alarmNames);
		const lost = redSinceExposure(state, redNow);
		if (lost.length > 0) return { v: 1, kind: "roll-back", cause: causeOfRed(lost, exposedAtEpochMs) } as const;
		if (state.exposedAtEpochMs === undefined) {
			const exposure = decideExposure(state, redNow, acceptRed ? "all" : acceptedAlarms, definition.redBefore);
			if (exposure.kind === "pause") return { v: 1, reason: "environment-unhealthy", ...exposure } as const;
			redAlarms = exposure.redAlarms;
		}
		const pause = pauseWish(state);
		// Executions of version 1 take any pause before the first exposure for one about alarms.
		if (pause !== undefined && (v > 1 || state.exposedAtEpochMs !== undefined))
			return { v: 1, kind: "pause", reason: "person", explanation: `${pause.by} asked for a pause.` } as const;
		invocation.ensureTimeLeft(shiftMs);
		const isWindow = state.phase === "window" && state.weightPercent === weightPercent;
		const claim = isWindow
			? keepWeight(epoch)
			: claimWeight(epoch, weightPercent, exposedAtEpochMs, redAlarms, state.shifts);
		const claimed = await ports.store.write(service, claim);
		invocation.ensureTimeLeft(shiftMs / 2);
		await setWeights(ports.router, rollout, trialRuleArn, weightPercent);
		const atEpochMs = ports.clock.nowEpochMs();
		const fromPercent = weightBefore(claimed.shifts ?? [], weightPercent);
		const shifted = { service, rolloutId, atEpochMs, fromPercent, toPercent: weightPercent };
		await ports.events.publish([announce("rollout.shifted.v1", shifted, weightPercent)]);
		return { v: 1, kind: "shifted", atEpochMs } as const;
	});
