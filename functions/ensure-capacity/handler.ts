import * as z from "zod/mini";
import {
	type CapacityPlan,
	planTrialCapacity,
	planWindowCapacity,
	type SlotCapacity,
} from "../../lib/domain/capacity.ts";
import { nextWaitSeconds } from "../../lib/domain/patience.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { otherSlot, type SlotName } from "../../lib/domain/slot.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import type { ServiceCatalog } from "../../lib/ports/service-catalog.ts";
import type { ServiceStore } from "../../lib/ports/service-store.ts";
import type { TargetHealth } from "../../lib/ports/target-health.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";
import { type Invocation, parseEvent, pipeline } from "../pipeline.ts";
import { type CurrentRollout, readRollout, rolloutPayload } from "../rollout-payload.ts";

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
	weightPercent: z.number().check(z.minimum(0), z.maximum(100)),
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
				: planTrialCapacity(stable, canary, input.weightPercent);
		await hold(ports, invocation, rollout, plan, stable, canary);

		const nowEpochMs = ports.clock.nowEpochMs();
		const sinceEpochMs = input.sinceEpochMs ?? nowEpochMs;
		const explanation = plan.missing.join("; ");
		if (plan.missing.length === 0) return { v: 1, kind: "ready", sinceEpochMs, explanation } as const;
		const waitedSeconds = Math.round((nowEpochMs - sinceEpochMs) / 1000);
		const isShort = waitedSeconds >= rollout.definition.progressDeadlineSeconds;
		return {
			v: 1,
			kind: isShort ? "short" : "wait",
			waitSeconds: nextWaitSeconds(waitedSeconds),
			sinceEpochMs,
			explanation,
		} as const;
	});

const readCapacity = async (ports: Ports, definition: ServiceDefinition, slot: SlotName): Promise<SlotCapacity> => {
	const workload = await ports.workloads.read(definition.workload, slot);
	const targets = await ports.targetHealth.count(definition.route.targetGroupArns[slot]);
	return { ...workload, healthyTargets: targets.healthy };
};

/** Time a cluster write needs to be sent and acknowledged. */
const writeMs = 6_000;

const hold = async (
	ports: Ports,
	invocation: Invocation,
	rollout: CurrentRollout,
	plan: CapacityPlan,
	stable: SlotCapacity,
	canary: SlotCapacity,
) => {
	const { definition, state, epoch } = rollout;
	if (plan.stableMinReplicas > stable.minReplicas) {
		invocation.ensureTimeLeft(writeMs);
		await ports.workloads.hold(definition.workload, state.stableSlot, plan.stableMinReplicas, state.stableEpoch);
	}
	if (plan.canaryMinReplicas > canary.minReplicas) {
		invocation.ensureTimeLeft(writeMs);
		await ports.workloads.hold(definition.workload, otherSlot(state.stableSlot), plan.canaryMinReplicas, epoch);
	}
};
