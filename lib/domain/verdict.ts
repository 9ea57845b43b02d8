/**
 * What all buckets say together. A verdict carries its reasons, as sentences with figures.
 * `sick` means both slots break a limit: the environment is unwell and the canary cannot be judged (D8).
 */
export interface Verdict {
	readonly kind: "healthy" | "harmful" | "undecided" | "sick";
	readonly reasons: readonly string[];
}
