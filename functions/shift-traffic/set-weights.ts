import { weightsFor } from "../../lib/domain/slot.ts";
import { type TrafficRouter, TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import type { CurrentRollout } from "../rollout-payload.ts";

/**
 * Sets the canary's share in the router and reads it back, the base rule with it.
 * @throws TrafficUnavailableError when they read back as something else.
 */
export const setWeights = async (
	router: TrafficRouter,
	{ definition, state }: CurrentRollout,
	trialRuleArn: string,
	weightPercent: number,
): Promise<void> => {
	const { stableSlot } = state;
	const weights = weightsFor(stableSlot, weightPercent);
	await router.shift(definition.route, trialRuleArn, weights);
	const { trial, base } = await router.read(definition.route);
	if (trial?.weights.blue === weights.blue && base?.[stableSlot] === 100) return;
	throw new TrafficUnavailableError(
		`Weights of ${state.rolloutId} read back as ${JSON.stringify({ trial: trial?.weights ?? null, base })}; set were ${JSON.stringify(weights)} beside a base rule at stable 100.`,
	);
};
