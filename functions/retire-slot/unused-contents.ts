import { contentsToKeep, keptRollouts } from "../../lib/domain/kept-contents.ts";
import type { WorkloadTarget } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Clock } from "../../lib/ports/clock.ts";
import { UnavailableError } from "../../lib/ports/errors.ts";
import type { ReleaseContents } from "../../lib/ports/release-contents.ts";
import type { RolloutHistory } from "../../lib/ports/rollout-history.ts";
import type { Telemetry } from "../../lib/ports/telemetry.ts";
import type { Invocation } from "../pipeline.ts";

interface Ports {
	readonly history: RolloutHistory;
	readonly contents: ReleaseContents;
	readonly clock: Clock;
	readonly telemetry: Telemetry;
}

/** Left for the answer, whatever collecting does. */
const answerMs = 5_000;
const longestMs = 20_000;

/** One slow answer must not leave everything to the next rollout, which may be weeks away. */
const attempts = 5;

/**
 * Gives up contents that nobody can need any more. Nothing depends on it, so it is given a few seconds and keeps its
 * trouble to itself; what is left over, the end of the next rollout finds. A late removal does no harm: it names the
 * version of the object that it read.
 */
export const giveUpUnused = async (
	{ history, contents, clock, telemetry }: Ports,
	target: WorkloadTarget,
	state: ServiceState,
	invocation: Invocation,
): Promise<void> => {
	const budgetMs = Math.min(longestMs, invocation.remainingMs() - answerMs);
	if (budgetMs <= 0) return;
	const collecting = async (attempt = 1): Promise<string> => {
		try {
			const earlier = await history.list(state.service, keptRollouts);
			const givenUp = await contents.collect(target, contentsToKeep(state, earlier));
			return `${givenUp} given up`;
		} catch (error) {
			if (error instanceof UnavailableError && attempt < attempts) return collecting(attempt + 1);
			telemetry.warn("contents not collected", { service: state.service, error: String(error) });
			telemetry.count("ContentsNotCollected");
			return "failed";
		}
	};
	const tooLong = async (): Promise<string> => {
		await clock.sleep(budgetMs);
		return "cut short";
	};
	const outcome = await Promise.race([collecting(), tooLong()]);
	telemetry.info("contents collected", { service: state.service, outcome });
};
