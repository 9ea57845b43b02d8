import type { ServiceState } from "./service-state.ts";
import { otherSlot, type SlotName } from "./slot.ts";

/** Whether the in-cluster Service has been put right by this watch: once it may be Sluice's own late hand, twice it is not. */
export type SelectorCare = "untouched" | "mended";

/** What to do about the slot that the in-cluster Service selects. */
export type SelectorDecision =
	| { readonly kind: "leave" }
	| { readonly kind: "mend"; readonly slot: SlotName }
	| { readonly kind: "external-writer"; readonly explanation: string };

/** Where callers in the cluster belong (D3a): with stable until the window, then with the canary; null where nobody says. */
export const slotForCallers = ({ phase, stableSlot }: ServiceState): SlotName | null => {
	switch (phase) {
		case "preparing":
		case "trial":
			return stableSlot;
		case "window":
			return otherSlot(stableSlot);
		case "idle":
		case "closing":
		case "rolling-back":
			return null;
	}
};

/**
 * Decides on the Service's selector as it was read. A selector that differs is put right once; whoever sets it back
 * after that, as a GitOps tool does each minute, is not fought: a person decides.
 */
export const decideSelector = (
	state: ServiceState,
	service: string,
	selected: SlotName | null,
	care: SelectorCare,
): SelectorDecision => {
	const slot = slotForCallers(state);
	if (slot === null || selected === slot) return { kind: "leave" };
	if (care === "untouched") return { kind: "mend", slot };
	const found = selected === null ? "selects neither slot" : `selects slot ${selected}`;
	return {
		kind: "external-writer",
		explanation: `In-cluster Service ${service} ${found}, and its callers belong to slot ${slot}. Sluice has put it right once; somebody else writes its selector, as a GitOps tool would that does not leave out sluice.dev/slot.`,
	};
};
