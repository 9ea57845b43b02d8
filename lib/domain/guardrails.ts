import { type Evidence, totalOf } from "./evidence.ts";
import type { Counts } from "./measurement.ts";
import type { Guardrails, Judge } from "./service-definition.ts";
import type { Verdict } from "./verdict.ts";

interface Indicator {
	readonly name: string;
	readonly of: (counts: Counts) => number;
	readonly maxPercent: (guardrails: Guardrails) => number;
}

/** What can be bad about a request. Every limit is an absolute one: it asks about harm, not about change. */
const indicators: readonly Indicator[] = [
	{ name: "errors", of: (counts) => counts.errors, maxPercent: (guardrails) => guardrails.maxErrorPercent },
	{ name: "slow answers", of: (counts) => counts.slow, maxPercent: (guardrails) => guardrails.maxSlowPercent },
];

const percentOf = (bad: number, requests: number): number => (requests === 0 ? 0 : (100 * bad) / requests);

const say = (slot: string, indicator: Indicator, counts: Counts, maxPercent: number): string =>
	`${slot}: ${percentOf(indicator.of(counts), counts.requests).toFixed(2)} % ${indicator.name} ` +
	`(${indicator.of(counts)} of ${counts.requests} requests), limit ${maxPercent} %`;

const isOver = (indicator: Indicator, counts: Counts, guardrails: Guardrails): boolean =>
	percentOf(indicator.of(counts), counts.requests) > indicator.maxPercent(guardrails);

/**
 * Judges the canary by absolute limits over the guardrails' window (D8).
 * Over a limit with stable below it is harmful, with both over it is sick; too few requests decide nothing.
 * A step judged by `guardrails` has no control arm, so there the canary's own figure is enough.
 */
export const judgeGuardrails = (evidence: Evidence, guardrails: Guardrails, judgedBy: Judge): Verdict => {
	const canary = totalOf(evidence, "canary");
	const stable = totalOf(evidence, "stable");
	const hasControl = judgedBy === "comparison";
	const few = (slot: string, counts: Counts): string[] =>
		counts.requests < guardrails.minRequests
			? [
					`${slot}: ${counts.requests} requests in the last ${guardrails.windowSeconds} s, ${guardrails.minRequests} needed to decide`,
				]
			: [];
	const tooFew = [...few("canary", canary), ...(hasControl ? few("stable", stable) : [])];
	if (tooFew.length > 0) return { kind: "undecided", reasons: tooFew };

	const figures = (indicator: Indicator): string[] => {
		const limit = indicator.maxPercent(guardrails);
		return [say("canary", indicator, canary, limit), ...(hasControl ? [say("stable", indicator, stable, limit)] : [])];
	};
	const over = indicators.filter((indicator) => isOver(indicator, canary, guardrails));
	if (over.length === 0) return { kind: "healthy", reasons: indicators.flatMap(figures) };
	const blamed = over.filter((indicator) => !hasControl || !isOver(indicator, stable, guardrails));
	return blamed.length > 0
		? { kind: "harmful", reasons: blamed.flatMap(figures) }
		: { kind: "sick", reasons: over.flatMap(figures) };
};
