import type { ServiceDefinition, Step } from "./service-definition.ts";
import type { Pause, ServiceState } from "./service-state.ts";

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

/** The weight that people have agreed to and that the canary does not have yet, percent; null where there is none. */
export const agreedPercent = ({ state: { approvedPercent = 0, weightPercent } }: StatusFacts): number | null =>
	approvedPercent > weightPercent ? approvedPercent : null;

/**
 * The weight that the canary gets once a question is answered, percent; null where it bakes anew, or where that is not
 * known. Executions that began before a question said its weight ask about what comes in preparing and for capacity.
 */
export const awaitedPercent = (facts: StatusFacts, { reason, weightPercent }: Pause): number | null => {
	const { state } = facts;
	if (state.phase === "window") return null;
	if (weightPercent !== undefined) return weightPercent > state.weightPercent ? weightPercent : null;
	const isComing = state.phase === "preparing" || reason === "approval" || reason === "capacity-short";
	return isComing ? (comingStep(facts)?.weightPercent ?? null) : null;
};

/** The step after it; null after the last one, or where the plan is not known. */
export const comingStep = ({ state, definition }: StatusFacts): Step | null =>
	definition?.steps.find(({ weightPercent }) => weightPercent > state.weightPercent) ?? null;
