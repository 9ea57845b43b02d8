import type { Outcome } from "../../lib/domain/service-state.ts";
import type { RollbackTimes } from "./rollback-times.ts";
import type { RequestCounts } from "./story.ts";
import type { TimelineEntry } from "./timeline.ts";

export interface ExecutionSummary {
	readonly machine: string;
	readonly name: string;
	readonly status: string;
	readonly events: number;
}

/** How a scenario went: what `--json` prints. */
export interface ScenarioResult {
	readonly scenario: string;
	readonly seed: number;
	/** How the last rollout ended; `none` where none did and none was to. */
	readonly outcome: Outcome | "unfinished" | "none";
	/** How each rollout ended, in that order. */
	readonly outcomes: readonly Outcome[];
	readonly expected: Outcome | readonly Outcome[];
	readonly ok: boolean;
	/** Promises that were broken, each as a sentence; empty when all held. */
	readonly broken: readonly string[];
	readonly virtualSeconds: number;
	/** The last one. */
	readonly rollback: RollbackTimes | null;
	readonly requests: RequestCounts;
	readonly timeline: readonly TimelineEntry[];
	readonly executions: readonly ExecutionSummary[];
}
