import { chanceRatio } from "./chance.ts";
import { type Evidence, recentOf } from "./evidence.ts";
import type { Counts } from "./measurement.ts";
import type { Guardrails, Judge } from "./service-definition.ts";
import type { Verdict } from "./verdict.ts";

interface Indicator {
	readonly name: string;
	/** Bad ones of the requests; undefined where the source cannot tell. */
	readonly of: (counts: Counts) => number | undefined;
	/** Undefined where nobody set a limit, as in a definition that was pinned before there was one. */
	readonly maxPercent: (guardrails: Guardrails) => number | undefined;
}

/** What can be bad about a request. Every limit is an absolute one: it asks about harm, not about change. */
const indicators: readonly Indicator[] = [
	{ name: "errors", of: (counts) => counts.errors, maxPercent: (guardrails) => guardrails.maxErrorPercent },
	{ name: "slow answers", of: (counts) => counts.slow, maxPercent: (guardrails) => guardrails.maxSlowPercent },
	{
		name: "unanswered requests",
		of: ({ unanswered }) => (unanswered === undefined ? undefined : Math.max(0, unanswered)),
		maxPercent: ({ minAvailabilityPercent }) => (minAvailabilityPercent ? 100 - minAvailabilityPercent : undefined),
	},
];

/** An indicator that can be held to its limit, with both of them known. */
interface Figure {
	readonly bad: number;
	readonly requests: number;
	readonly maxPercent: number;
}

const figureOf = (indicator: Indicator, counts: Counts, guardrails: Guardrails): Figure | null => {
	const [bad, maxPercent] = [indicator.of(counts), indicator.maxPercent(guardrails)];
	return bad === undefined || maxPercent === undefined ? null : { bad, requests: counts.requests, maxPercent };
};

const percentOf = (bad: number, requests: number): number => (requests === 0 ? 0 : (100 * bad) / requests);

const say = (slot: string, name: string, { bad, requests, maxPercent }: Figure): string =>
	`${slot}: ${percentOf(bad, requests).toFixed(2)} % ${name} (${bad} of ${requests} requests), limit ${maxPercent} %`;

const isOver = (indicator: Indicator, counts: Counts, guardrails: Guardrails): boolean => {
	const figure = figureOf(indicator, counts, guardrails);
	return figure !== null && percentOf(figure.bad, figure.requests) > figure.maxPercent;
};

/** Both slots' counts over one stretch of time, and how a sentence calls it. */
interface Stretch {
	readonly name: string;
	readonly canary: Counts;
	readonly stable: Counts;
}

/**
 * What one stretch says: a verdict, or doubt, where the canary is over a limit that stable keeps and the difference
 * may be chance.
 */
interface Judgement {
	readonly kind: Verdict["kind"] | "doubtful";
	readonly reasons: readonly string[];
}

/**
 * The canary is blamed only where chance gives it that many of the bad requests more rarely, were both versions alike.
 * Small, because every look asks anew.
 */
const blamedBelowPercent = 0.1;

/** What the canary's being over a limit means, given that stable's requests are known. */
const compare = (indicator: Indicator, { canary, stable }: Stretch, guardrails: Guardrails): Judgement => {
	if (isOver(indicator, stable, guardrails)) return { kind: "sick", reasons: [] };
	// A source that cannot tell for stable cannot excuse the canary either: it counts as if none had been bad.
	const shareOf = (counts: Counts) => ({ bad: indicator.of(counts) ?? 0, requests: counts.requests });
	const chancePercent = 100 * chanceRatio(shareOf(canary), shareOf(stable));
	if (chancePercent < blamedBelowPercent) return { kind: "harmful", reasons: [] };
	const said =
		`${indicator.name}: the difference may be chance, which brings so large a one about in ${chancePercent.toFixed(2)} % ` +
		`of cases were both versions alike (less than ${blamedBelowPercent} % blames the canary)`;
	return { kind: "doubtful", reasons: [said] };
};

const judgeStretch = (stretch: Stretch, guardrails: Guardrails, hasControl: boolean): Judgement => {
	const { name, canary, stable } = stretch;
	const few = (slot: string, { requests }: Counts): string[] =>
		requests < guardrails.minRequests
			? [`${slot}: ${requests} requests ${name}, ${guardrails.minRequests} needed to decide`]
			: [];
	const [fewOurs, fewTheirs] = [few("canary", canary), hasControl ? few("stable", stable) : []];
	const undecided: Judgement = { kind: "undecided", reasons: [...fewOurs, ...fewTheirs] };
	if (fewOurs.length > 0) return undecided;

	const figures = (indicator: Indicator): string[] => {
		const arms = [["canary", canary] as const, ...(hasControl ? [["stable", stable] as const] : [])];
		return arms.flatMap(([slot, counts]) => {
			const figure = figureOf(indicator, counts, guardrails);
			return figure === null ? [] : [`${say(slot, indicator.name, figure)}, ${name}`];
		});
	};
	const over = indicators.filter((indicator) => isOver(indicator, canary, guardrails));
	if (over.length === 0)
		return fewTheirs.length > 0 ? undecided : { kind: "healthy", reasons: indicators.flatMap(figures) };
	const judged = over.map((indicator): Judgement => {
		const { kind, reasons }: Judgement = hasControl
			? compare(indicator, stretch, guardrails)
			: { kind: "harmful", reasons: [] };
		return { kind, reasons: [...figures(indicator), ...reasons] };
	});
	const { kind } = judged.reduce(weightier);
	// Few are enough to rule chance out, and nothing else: in a holdback stable has few for long, and users are elsewhere.
	if (fewTheirs.length > 0 && kind !== "harmful") return undecided;
	return { kind, reasons: judged.filter((one) => one.kind === kind).flatMap(({ reasons }) => reasons) };
};

/** A stretch with too few requests leaves the word to the other; one in doubt does not let the other call it healthy. */
const precedence: readonly Judgement["kind"][] = ["undecided", "healthy", "doubtful", "sick", "harmful"];

/**
 * Judges the canary by absolute limits (D8): over the guardrails' window, which sees a sudden harm, and over the whole
 * step, which sees a constant one that a short window may miss by chance, and is all that a quiet service has.
 * Over a limit with stable below it is harmful, unless the difference may be chance, which is undecided; with both over
 * it is sick. Too few requests decide nothing, except that few of stable's do not spare a canary that chance cannot excuse.
 * A step judged by `guardrails` has no control arm, so there the canary's own figure is enough.
 */
export const judgeGuardrails = (evidence: Evidence, guardrails: Guardrails, judgedBy: Judge): Verdict => {
	const hasControl = judgedBy === "comparison";
	const recent = {
		name: `in the last ${guardrails.windowSeconds} s`,
		canary: recentOf(evidence, "canary"),
		stable: recentOf(evidence, "stable"),
	};
	const whole = { name: "since the step began", ...evidence.total };
	const [first, second] = [judgeStretch(recent, guardrails, hasControl), judgeStretch(whole, guardrails, hasControl)];
	const { kind, reasons } = weightier(first, second);
	return { kind: kind === "doubtful" ? "undecided" : kind, reasons };
};

/** Of two verdicts the one that counts; the first where they are of one kind. */
export const weightier = <J extends Judgement>(first: J, second: J): J =>
	precedence.indexOf(second.kind) > precedence.indexOf(first.kind) ? second : first;
