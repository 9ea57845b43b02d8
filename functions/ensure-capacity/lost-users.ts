import type { SlotCapacity } from "../../lib/domain/capacity.ts";
import { explanationOf } from "../../lib/domain/verdict.ts";
import type { CurrentRollout } from "../rollout-payload.ts";
import { lookAtTargets } from "../target-look.ts";

/**
 * Why a canary that waits for more pods goes back: it has users already, and no target for them. Nobody watches between
 * two steps; a machine of version 1 does not know this answer.
 */
export const lostUsers = async (
	ports: Parameters<typeof lookAtTargets>[0],
	rollout: CurrentRollout,
	{ healthyTargets, wantedReplicas }: SlotCapacity,
) => {
	if (rollout.state.phase !== "trial" || rollout.state.weightPercent === 0 || healthyTargets > 0) return null;
	const { targets } = await lookAtTargets(ports, rollout, wantedReplicas, undefined);
	return targets.kind === "harmful"
		? ({ kind: "verdict", explanation: explanationOf(targets.reasons) } as const)
		: null;
};
