import type { ServiceState } from "./service-state.ts";

/** The execution that should be driving a service: it runs, it has ended, or there never was one. */
export type Driver = "running" | "ended" | "never-started";

export type Reconciliation =
	| { readonly kind: "leave" }
	| { readonly kind: "start-rollout"; readonly rolloutId: string }
	| { readonly kind: "roll-back"; readonly rolloutId: string; readonly explanation: string }
	| { readonly kind: "resume-closing"; readonly rolloutId: string };

/** Time an admission gets to acknowledge the start of its execution before somebody else starts it. */
const startGraceSeconds = 60;

/** What to do about a service that is not idle, once it is known whether anything still drives it (D4a). */
export const reconcile = (state: ServiceState, driver: Driver, nowEpochMs: number): Reconciliation => {
	const { rolloutId } = state;
	if (driver === "running" || rolloutId === undefined || state.phase === "idle") return { kind: "leave" };
	switch (state.phase) {
		case "preparing":
		case "trial":
		case "window": {
			if (state.executionStarted || driver === "ended") {
				return {
					kind: "roll-back",
					rolloutId,
					explanation: `The execution of ${rolloutId} ended without finishing it.`,
				};
			}
			const isOverdue = nowEpochMs - (state.startedAtEpochMs ?? 0) >= startGraceSeconds * 1000;
			return isOverdue ? { kind: "start-rollout", rolloutId } : { kind: "leave" };
		}
		case "rolling-back":
			return { kind: "roll-back", rolloutId, explanation: `The rollback of ${rolloutId} ended without finishing it.` };
		case "closing":
			return { kind: "resume-closing", rolloutId };
	}
};
