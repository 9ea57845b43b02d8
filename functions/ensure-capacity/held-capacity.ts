import type { CapacityPlan, SlotCapacity } from "../../lib/domain/capacity.ts";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { otherSlot, type SlotName } from "../../lib/domain/slot.ts";
import type { TargetHealth } from "../../lib/ports/target-health.ts";
import type { Workloads } from "../../lib/ports/workloads.ts";
import type { Invocation } from "../pipeline.ts";
import type { CurrentRollout } from "../rollout-payload.ts";

interface Ports {
	readonly workloads: Workloads;
	readonly targetHealth: TargetHealth;
}

/** What a slot has, as the cluster and the load balancer see it. */
export const readCapacity = async (
	ports: Ports,
	definition: ServiceDefinition,
	slot: SlotName,
): Promise<SlotCapacity> => {
	const workload = await ports.workloads.read(definition.workload, slot);
	const targets = await ports.targetHealth.count(definition.route, slot);
	return { ...workload, healthyTargets: targets.healthy };
};

/** Time a cluster write needs to be sent and acknowledged. */
const writeMs = 6_000;

/** Raises the lower bounds of both slots to what was planned; never lowers one. */
export const hold = async (
	ports: Ports,
	invocation: Invocation,
	rollout: CurrentRollout,
	plan: CapacityPlan,
	stable: SlotCapacity,
	canary: SlotCapacity,
): Promise<void> => {
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
