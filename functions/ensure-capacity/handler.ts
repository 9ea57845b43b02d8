import * as z from "zod/mini";
import { planTrialCapacity, planWindowCapacity } from "../../lib/domain/capacity.ts";
import { nextWaitSeconds } from "../../lib/domain/patience.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { TargetHealth } from "../../lib/ports/target-health.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";
import { parseEvent, pipeline } from "../pipeline.ts";
import { readRollout, rolloutPayload } from "../rollout-payload.ts";
import { hold, readCapacity } from "./held-capacity.ts";

interface Ports {
	readonly store: ServiceStore;
	readonly catalog: ServiceCatalog;
	readonly workloads: Workloads;
	readonly targetHealth: TargetHealth;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

const Input = z.object({
	...rolloutPayload,
	/** The weight to be able to carry; null for the one on record. */
	weightPercent: z.nullable(z.number().check(z.minimum(0), z.maximum(100))),
	/** When this wait began; null on the first call. */
	sinceEpochMs: z.nullable(z.int()),
});

/** Raises both slots to what a weight needs (D5) and says whether it is there. */
export const makeHandler = (ports: Ports) =>
	pipeline(ports.telemetry, async (event, invocation) => {
		const input = parseEvent(Input, event);
		const rollout = await readRollout(ports, input.rolloutId);
		const { stableSlot } = rollout.state;
		const stable = await readCapacity(ports, rollout.definition, stableSlot);
		const canary = await readCapacity(ports, rollout.definition, otherSlot(stableSlot));
		const plan =
			rollout.state.phase === "window"
				? planWindowCapacity(stable, canary)
				: planTrialCapacity(stable, canary, input.weightPercent ?? rollout.state.weightPercent);
		await hold(ports, invocation, rollout, plan, stable, canary);

		const nowEpochMs = ports.clock.nowEpochMs();
		const sinceEpochMs = input.sinceEpochMs ?? nowEpochMs;
		const explanation = plan.missing.join("; ");
		const { wantedReplicas } = canary;
		if (plan.missing.length === 0) return { v: 1, kind: "ready", sinceEpochMs, explanation, wantedReplicas } as const;
		const waitedSeconds = Math.round((nowEpochMs - sinceEpochMs) / 1000);
		const isShort = waitedSeconds >= rollout.definition.progressDeadlineSeconds;
		return {
			v: 1,
			kind: isShort ? "short" : "wait",
			waitSeconds: nextWaitSeconds(waitedSeconds),
			sinceEpochMs,
			explanation,
			wantedReplicas,
		} as const;
	});
