import type { ServiceDefinition, Step } from "./service-definition.ts";
import type { ServiceState } from "./service-state.ts";

/** What a status is read off. Without a definition the plan is not known, and the sentences say less. */
export interface StatusFacts {
	readonly state: ServiceState;
	readonly definition: ServiceDefinition | null;
	readonly nowEpochMs: number;
}

/** The step that is under way, by the weight on record; null before the first one, or where the plan is not known. */
export const presentStep = ({ state, definition }: StatusFacts): Step | null =>
	state.weightPercent === 0
		? null
		: (definition?.steps.find(({ weightPercent }) => weightPercent === state.weightPercent) ?? null);

/** The step after it; null after the last one, or where the plan is not known. */
export const comingStep = ({ state, definition }: StatusFacts): Step | null =>
	definition?.steps.find(({ weightPercent }) => weightPercent > state.weightPercent) ?? null;
