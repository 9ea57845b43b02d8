import { announce } from "../../lib/domain/announcement.ts";
import { ambiguityOf } from "../../lib/domain/autoscaler-ambiguity.ts";
import type { LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";
import type { CurrentRollout } from "../rollout-payload.ts";

interface Ports {
	readonly workloads: Workloads;
	readonly events: LifecycleEvents;
}

/**
 * Tells that the slot which serves does not follow the load, if it says so. No reason to refuse a rollout: what weights
 * need is held by bounds, which hold all the same. Said again it has the same id.
 */
export const tellOfAmbiguity = async (
	{ workloads, events }: Ports,
	rolloutId: string,
	{ state, definition: { service, workload } }: CurrentRollout,
	atEpochMs: number,
): Promise<void> => {
	const { isScalingAmbiguous } = await workloads.read(workload, state.stableSlot);
	if (!isScalingAmbiguous) return;
	const autoscaler = `${workload.deployment}-${state.stableSlot}`;
	const reason = ambiguityOf(autoscaler);
	await events.publish([
		announce("service.autoscaler-ambiguous.v1", { service, rolloutId, autoscaler, reason, atEpochMs }),
	]);
};
