import { otherSlot } from "../lib/domain/slot.ts";
import { emptySeconds, followTargets, judgeTargets, noTrail, type TargetTrail } from "../lib/domain/target-trail.ts";
import type { Verdict } from "../lib/domain/verdict.ts";
import type { Clock } from "../lib/ports/clock.ts";
import type { TargetHealth } from "../lib/ports/target-health.ts";
import type { Telemetry } from "../lib/ports/telemetry.ts";
import type { CurrentRollout } from "./rollout-payload.ts";

interface Ports {
	readonly targetHealth: TargetHealth;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/** What looks at the canary's targets have left behind, and what that means; no trail where nobody could be asked yet. */
export interface TargetLook {
	readonly trail: TargetTrail | undefined;
	readonly targets: Verdict;
}

const nothingSaid: Verdict = { kind: "undecided", reasons: [] };

/** Time between two looks at a canary without a healthy target. */
const betweenLooksSeconds = emptySeconds + 1;

/**
 * Asks the load balancer for the canary's targets, and for stable's where the canary's are not well.
 * Not being able to ask is no evidence: what was seen before stays, and nothing is concluded from it.
 */
const lookOnce = async (
	ports: Ports,
	{ state, definition }: CurrentRollout,
	wantedReplicas: number | null,
	before: TargetTrail | undefined,
): Promise<TargetLook> => {
	try {
		const canary = await ports.targetHealth.count(definition.route, otherSlot(state.stableSlot));
		const nowEpochMs = ports.clock.nowEpochMs();
		const trail = followTargets(before ?? noTrail, canary, wantedReplicas, nowEpochMs);
		if (trail.failingSinceEpochMs === null) return { trail, targets: nothingSaid };
		const stable = await ports.targetHealth.count(definition.route, state.stableSlot);
		const { unhealthySeconds } = definition.guardrails;
		return { trail, targets: judgeTargets(trail, canary, stable, unhealthySeconds, nowEpochMs) };
	} catch (error) {
		ports.telemetry.warn("targets not asked", { service: state.service, error: String(error) });
		return { trail: before, targets: nothingSaid };
	}
};

/** Looks at the canary's targets, and once more where it has none: users get errors until somebody is sure. */
export const lookAtTargets = async (
	ports: Ports,
	rollout: CurrentRollout,
	wantedReplicas: number | null,
	before: TargetTrail | undefined,
): Promise<TargetLook> => {
	const first = await lookOnce(ports, rollout, wantedReplicas, before);
	const isEmpty = (first.trail?.emptySinceEpochMs ?? null) !== null;
	if (!isEmpty || first.targets.kind !== "undecided") return first;
	await ports.clock.sleep(betweenLooksSeconds * 1000);
	return lookOnce(ports, rollout, wantedReplicas, first.trail);
};
