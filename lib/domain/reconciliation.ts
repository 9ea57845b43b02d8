import type { ServiceState } from "./service-state.ts";

/** The execution that should be driving a service: it runs, it has ended, or there never was one. */
export type Driver = "running" | "ended" | "never-started";

export type Reconciliation =
	| { readonly kind: "leave" }
	| { readonly kind: "start-rollout"; readonly rolloutId: string }
	| { readonly kind: "roll-back"; readonly rolloutId: string; readonly explanation: string }
	| { readonly kind: "resume-closing"; readonly rolloutId: string };

/** Time an admission gets to start its execution, and Step Functions to know of it, before anybody acts on its absence. */
const startGraceSeconds = 60;

/** What to do about a service that is not idle, once it is known whether anything still drives it (D4a). */
export const reconcile = (state: ServiceState, driver: Driver, nowEpochMs: number): Reconciliation => {
	const { rolloutId } = state;
	if (driver === "running" || rolloutId === undefined || state.phase === "idle") return { kind: "leave" };
	switch (state.phase) {
		case "preparing":
		case "trial":
		case "window": {
			const isOverdue = nowEpochMs - (state.startedAtEpochMs ?? 0) >= startGraceSeconds * 1000;
			// Step Functions may not know yet what it has just started, so an acknowledged start gets the same grace.
			if (driver === "never-started" && !isOverdue) return { kind: "leave" };
			if (driver === "never-started" && !state.executionStarted) return { kind: "start-rollout", rolloutId };
			return {
				kind: "roll-back",
				rolloutId,
				explanation: `The execution of ${rolloutId} ended without finishing it.`,
			};
		}
		case "rolling-back":
			return { kind: "roll-back", rolloutId, explanation: `The rollback of ${rolloutId} ended without finishing it.` };
		case "closing":
			return { kind: "resume-closing", rolloutId };
	}
};
