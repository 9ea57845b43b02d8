import type { Ending } from "./scenario.ts";

/** The sentence, where something does not hold that a story promises; nothing where it does. */
export const unless = (holds: boolean, sentence: string): readonly string[] => (holds ? [] : [sentence]);

/** That somebody was asked for this reason, so often at least. */
export const wasPausedFor = ({ told }: Ending, reason: string, times = 1): readonly string[] => {
	const reasons = told("rollout.paused.v1").map((entry) => String(entry.reason));
	const count = reasons.filter((said) => said === reason).length;
	return unless(
		count >= times,
		`It was paused ${count} times for ${reason}; ${times} was expected. Reasons were: ${reasons.join(", ") || "none"}.`,
	);
};

/** That nothing but this many rollouts began. */
export const hasBegun = ({ told }: Ending, rollouts: number): readonly string[] => {
	const begun = new Set(told("rollout.started.v1").map(({ rolloutId }) => rolloutId)).size;
	return unless(begun === rollouts, `${begun} rollouts began; ${rollouts} were expected.`);
};

/** That the last rollback had this cause, and took 30 s at most. */
export const wentBackFor = ({ told, rollouts }: Ending, ...causes: readonly string[]): readonly string[] => {
	const cause = String(told("rollout.rolled-back.v1").at(-1)?.cause ?? "nothing");
	const seconds = rollouts.findLast(({ rollback }) => rollback !== null)?.rollback?.seconds ?? 0;
	return [
		...unless(causes.includes(cause), `It went back for ${cause}; expected was ${causes.join(" or ")}.`),
		...unless(seconds <= 30, `It took ${seconds} s to go back; 30 s are the most.`),
	];
};

/** That a weight was served. */
export const hasReached = ({ told }: Ending, percent: number): boolean =>
	told("rollout.shifted.v1").some(({ toPercent }) => toPercent === percent);
