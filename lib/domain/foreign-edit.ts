import type { ServiceState } from "./service-state.ts";
import { otherSlot, type SlotWeights } from "./slot.ts";

/** What a look at the router says about other people's hands on it (D4). */
export type ForeignEdit =
	| { readonly kind: "none" }
	| { readonly kind: "roll-back"; readonly explanation: string }
	/** Less than the step allows, by the right rule: nobody is worse off, and it may be a late write of Sluice's own. */
	| { readonly kind: "lowered"; readonly explanation: string }
	| { readonly kind: "pause"; readonly explanation: string };

interface Reading {
	readonly base: SlotWeights | null;
	readonly trial: { readonly ruleArn: string; readonly weights: SlotWeights } | null;
}

/** More traffic on the canary than its step allows goes back at once; less is set again; what else differs waits for a person. */
export const findForeignEdit = (state: ServiceState, reading: Reading): ForeignEdit => {
	const canarySlot = otherSlot(state.stableSlot);
	const basePercent = reading.base?.[canarySlot] ?? 0;
	const trialPercent = reading.trial?.weights[canarySlot] ?? basePercent;
	const found = `The router gives the canary ${trialPercent} %, the step ${state.weightPercent} %`;
	if (trialPercent > state.weightPercent) {
		return { kind: "roll-back", explanation: `${found}: somebody else has changed the rules.` };
	}
	if (reading.trial === null)
		return { kind: "pause", explanation: `${found}: the trial rule is gone, and Sluice did not delete it.` };
	if (reading.trial.ruleArn !== state.trialRuleArn)
		return { kind: "pause", explanation: `${found}: the trial rule is not the one that Sluice opened.` };
	if (reading.base === null)
		return { kind: "pause", explanation: "The base rule is gone or forwards elsewhere, and Sluice did not change it." };
	// No request meets the base rule while the trial rule stands above it, but a rollback would fall through to it.
	if (basePercent > 0)
		return {
			kind: "pause",
			explanation: `The base rule gives the canary ${basePercent} %; it must give the stable slot all.`,
		};
	if (trialPercent < state.weightPercent)
		return { kind: "lowered", explanation: `${found}: a late write, or somebody else, has lowered it.` };
	return { kind: "none" };
};
