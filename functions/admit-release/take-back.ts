import type { RollbackCause } from "../../lib/domain/service-state.ts";
import { ExecutionExistsConflictError } from "../../lib/ports/executions.ts";
import type { Environment } from "./environment.ts";
import type { Ports } from "./ports.ts";

/** Starts the rollback of a rollout that is to make room for another release. Safe to repeat. */
export const takeBack = async (
	ports: Pick<Ports, "executions" | "clock">,
	environment: Environment,
	rolloutId: string,
	why: Omit<RollbackCause, "kind">,
): Promise<void> => {
	const cause = { kind: "superseded", ...why };
	// One name a minute: several looks make one execution, and where it failed a later sweep makes another.
	const name = `${rolloutId}-superseded-${Math.floor(ports.clock.nowEpochMs() / 60_000)}`;
	try {
		await ports.executions.start(environment.ROLLBACK_MACHINE_ARN, name, { v: 1, rolloutId, cause });
	} catch (error) {
		if (!(error instanceof ExecutionExistsConflictError)) throw error;
	}
};
