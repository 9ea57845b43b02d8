import type { ExecutionView } from "../asl/execution-view.ts";

/** An execution that has just entered a state. */
export interface EnteredState {
	readonly execution: Pick<ExecutionView, "executionArn" | "machineName" | "name" | "input">;
	readonly stateName: string;
}

/**
 * The rollout whose watch has just been handed a verdict of harm, null for anything else that an execution enters.
 * From here on the machine holds the verdict: no retry of a look can take it back.
 */
export const rolloutJudged = ({ execution: { machineName, input }, stateName }: EnteredState): string | null => {
	if (!machineName.endsWith("-watch") || stateName !== "StartRollback") return null;
	const { rolloutId } = input as { readonly rolloutId?: unknown };
	return typeof rolloutId === "string" ? rolloutId : null;
};
