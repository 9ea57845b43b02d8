import { isZeroConfirmed } from "../../lib/domain/rollback.ts";
import { otherSlot } from "../../lib/domain/slot.ts";
import { previewOf } from "../../lib/domain/traffic-route.ts";
import { type TrafficRouter, TrafficUnavailableError } from "../../lib/ports/traffic-router.ts";
import type { Invocation } from "../pipeline.ts";
import type { CurrentRollout } from "../rollout-payload.ts";

/** @throws TrafficUnavailableError when the rules are not as closing left them: somebody else has changed them since. */
export const ensureClosed = async (router: TrafficRouter, { state, definition }: CurrentRollout): Promise<void> => {
	const reading = await router.read(definition.route);
	if (isZeroConfirmed(reading, state.stableSlot)) return;
	throw new TrafficUnavailableError(
		`The rules read back as ${JSON.stringify(reading)}; allowed are ${state.stableSlot} at 100 and no trial rule, for testers neither, nothing pending.`,
	);
};

/** The base rule first: while both rules point at the canary, deleting the trial rule moves nobody. */
export const moveBaseRule = async (
	router: TrafficRouter,
	{ state, definition }: CurrentRollout,
	invocation: Invocation,
): Promise<void> => {
	const slot = otherSlot(state.stableSlot);
	invocation.ensureTimeLeft(5_000);
	await router.adopt(definition.route, slot);
	const adopted = await router.read(definition.route);
	if (adopted.base?.[slot] !== 100) {
		throw new TrafficUnavailableError(
			`The base rule reads back as ${JSON.stringify(adopted.base)}; set was ${slot} 100.`,
		);
	}
};

/** Deletes the trial rule of this rollout, whether it is on record or not, and what testers have been shown. */
export const removeTrialRule = async (
	router: TrafficRouter,
	{ state, definition }: CurrentRollout,
	invocation: Invocation,
): Promise<void> => {
	const { route } = definition;
	invocation.ensureTimeLeft(3_000);
	await router.abandon(state.trialRuleArn ?? route);
	if (previewOf(route) !== null) await router.abandon(route);
};
