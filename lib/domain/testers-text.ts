import { releaseText } from "./release-text.ts";
import type { ServiceDefinition } from "./service-definition.ts";
import { revertiblePhases } from "./service-state.ts";
import { otherSlot } from "./slot.ts";
import type { StatusFacts } from "./status-facts.ts";
import { previewOf } from "./traffic-route.ts";

/** What requests of a service's testers carry, as it stands in a request; null where there are no testers. */
export const testersHeaderOf = ({ route }: Pick<ServiceDefinition, "route">): string | null => {
	const preview = previewOf(route);
	return preview === null ? null : `${preview.header.name}: ${preview.header.value}`;
};

/** Who meets the canary before its users, and beside them until it is over; nothing where nobody does. */
export const testersOf = ({ state, definition }: StatusFacts): readonly string[] => {
	const { phase, trialRuleArn, release, stableSlot } = state;
	const header = definition === null ? null : testersHeaderOf(definition);
	const isShown = trialRuleArn !== undefined && revertiblePhases.includes(phase);
	return header === null || release === undefined || !isShown
		? []
		: [`Testers, whose requests carry ${header}, meet ${releaseText(release)} in slot ${otherSlot(stableSlot)}.`];
};
