/**
 * What all buckets say together. A verdict carries its reasons, as sentences with figures.
 * `sick` means both slots break a limit: the environment is unwell and the canary cannot be judged (D8). `doubtful` means
 * the canary is over a limit and chance may have put it there: no reason to go back yet, and none to go on.
 */
export interface Verdict {
	readonly kind: "healthy" | "harmful" | "undecided" | "doubtful" | "sick";
	readonly reasons: readonly string[];
}

/** Reasons as one text, as causes and questions carry them. */
export const explanationOf = (reasons: readonly string[]): string => reasons.join("; ");

/** The reasons that a text was made of, as long as none of them has a semicolon of its own. */
export const reasonsIn = (explanation: string): string[] => explanation.split("; ");
