import * as z from "zod/mini";
import { type CapacityPlan, planTrialCapacity, planWindowCapacity } from "../../lib/domain/capacity.ts";
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
import { keepSelector } from "./kept-selector.ts";
import { lostUsers } from "./lost-users.ts";

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
	/** Whether a watch has put the in-cluster Service right already; absent where nobody asks after it. */
	selector: z.optional(z.enum(["untouched", "mended"])),
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

		const lost = input.selector === undefined && input.v > 1 ? await lostUsers(ports, rollout, canary) : null;
		const nowEpochMs = ports.clock.nowEpochMs();
		const sinceEpochMs = input.sinceEpochMs ?? nowEpochMs;
		return {
			v: 1,
			...judge(plan, sinceEpochMs, nowEpochMs, rollout.definition.progressDeadlineSeconds),
			sinceEpochMs,
			wantedReplicas: canary.wantedReplicas,
			...(lost !== null && { kind: "roll-back", cause: { ...lost, triggeredAtEpochMs: nowEpochMs } }),
			...(input.selector && (await keepSelector(ports, invocation, input.rolloutId, rollout, input.selector))),
		} as const;
	});

/** Whether what a weight needs is there, may still come, or has not come in time. */
const judge = (plan: CapacityPlan, sinceEpochMs: number, nowEpochMs: number, deadlineSeconds: number) => {
	const explanation = plan.missing.join("; ");
	if (plan.missing.length === 0) return { kind: "ready", explanation } as const;
	const waitedSeconds = Math.round((nowEpochMs - sinceEpochMs) / 1000);
	const kind = waitedSeconds >= deadlineSeconds ? "short" : "wait";
	return { kind, waitSeconds: nextWaitSeconds(waitedSeconds), explanation } as const;
};
