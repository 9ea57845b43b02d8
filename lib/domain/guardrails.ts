import { differenceChanceRatio, excessChanceRatio } from "./chance.ts";
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

/** What a percentage leaves of a hundred, without what a fraction in binary adds to it. */
const restOf = (percent: number): number => Number((100 - percent).toFixed(6));

/** What can be bad about a request. Every limit is an absolute one: it asks about harm, not about change. */
const indicators: readonly Indicator[] = [
	{ name: "errors", of: (counts) => counts.errors, maxPercent: (guardrails) => guardrails.maxErrorPercent },
	{ name: "slow answers", of: (counts) => counts.slow, maxPercent: (guardrails) => guardrails.maxSlowPercent },
	{
		name: "unanswered requests",
		of: ({ unanswered }) => (unanswered === undefined ? undefined : Math.max(0, unanswered)),
		maxPercent: ({ minAvailabilityPercent }) => (minAvailabilityPercent ? restOf(minAvailabilityPercent) : undefined),
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

const isOver = (figure: Figure | null): figure is Figure =>
	figure !== null && percentOf(figure.bad, figure.requests) > figure.maxPercent;

/** Both slots' counts over one stretch of time, and how a sentence calls it. */
interface Stretch {
	readonly name: string;
	readonly canary: Counts;
	readonly stable: Counts;
}

/** Harm is proved only where chance gives that many bad requests more rarely, were the true figure at the limit. */
const harmBelowPercent = 5;

/**
 * The canary is blamed only where chance gives it that many of the bad requests more rarely, were both versions alike.
 * Small, because every look asks anew, and at the edge of an incident the figures of both pass the limit in turn.
 */
const blamedBelowPercent = 0.1;

/** Why the canary may keep the limit after all; nothing where that can be ruled out. */
const excessDoubts = ({ name }: Indicator, { bad, requests, maxPercent }: Figure): string[] => {
	const chancePercent = 100 * excessChanceRatio({ bad, requests }, maxPercent / 100);
	if (chancePercent < harmBelowPercent) return [];
	return [
		`${name}: that many may be chance, which brings them about in ${chancePercent.toFixed(2)} % of cases ` +
			`were the true figure ${maxPercent} % (less than ${harmBelowPercent} % proves harm)`,
	];
};

/** Why the canary may be no worse than stable; nothing where that can be ruled out. */
const differenceDoubts = ({ name, of }: Indicator, { canary, stable }: Stretch): string[] => {
	// A source that cannot tell for stable cannot excuse the canary either: it counts as if none had been bad.
	const shareOf = (counts: Counts) => ({ bad: of(counts) ?? 0, requests: counts.requests });
	const chancePercent = 100 * differenceChanceRatio(shareOf(canary), shareOf(stable));
	if (chancePercent < blamedBelowPercent) return [];
	return [
		`${name}: the difference may be chance, which brings so large a one about in ${chancePercent.toFixed(2)} % ` +
			`of cases were both versions alike (less than ${blamedBelowPercent} % blames the canary)`,
	];
};

const judgeStretch = (stretch: Stretch, guardrails: Guardrails, hasControl: boolean): Verdict => {
	const { name, canary, stable } = stretch;
	const few = (slot: string, { requests }: Counts): string[] =>
		requests < guardrails.minRequests
			? [`${slot}: ${requests} requests ${name}, ${guardrails.minRequests} needed to decide`]
			: [];
	const [fewOurs, fewTheirs] = [few("canary", canary), hasControl ? few("stable", stable) : []];
	const undecided: Verdict = { kind: "undecided", reasons: [...fewOurs, ...fewTheirs] };
	if (fewOurs.length > 0) return undecided;

	const figures = (indicator: Indicator): string[] => {
		const arms = [["canary", canary] as const, ...(hasControl ? [["stable", stable] as const] : [])];
		return arms.flatMap(([slot, counts]) => {
			const figure = figureOf(indicator, counts, guardrails);
			return figure === null ? [] : [`${say(slot, indicator.name, figure)}, ${name}`];
		});
	};
	const judged = indicators.flatMap((indicator): Verdict[] => {
		const figure = figureOf(indicator, canary, guardrails);
		if (!isOver(figure)) return [];
		const said = figures(indicator);
		if (hasControl && isOver(figureOf(indicator, stable, guardrails))) return [{ kind: "sick", reasons: said }];
		const doubts = [...excessDoubts(indicator, figure), ...(hasControl ? differenceDoubts(indicator, stretch) : [])];
		return [{ kind: doubts.length > 0 ? "doubtful" : "harmful", reasons: [...said, ...doubts] }];
	});
	if (judged.length === 0)
		return fewTheirs.length > 0 ? undecided : { kind: "healthy", reasons: indicators.flatMap(figures) };
	const { kind } = judged.reduce(weightier);
	// Few are enough to rule chance out, and nothing else: in a holdback stable has few for long, and users are elsewhere.
	if (fewTheirs.length > 0 && kind !== "harmful") return undecided;
	return { kind, reasons: judged.filter((one) => one.kind === kind).flatMap(({ reasons }) => reasons) };
};

/** A stretch with too few requests leaves the word to the other; one in doubt does not let the other call it healthy. */
const precedence: readonly Verdict["kind"][] = ["undecided", "healthy", "doubtful", "sick", "harmful"];

/**
 * Judges the canary by absolute limits (D8): over the guardrails' window, which sees a sudden harm, and over the whole
 * step, which sees a constant one that a short window may miss by chance, and is all that a quiet service has.
 * Over a limit with stable below it is harmful, unless chance may have put it there or made the difference, which is
 * doubtful; with both over it is sick. Too few requests decide nothing, except that few of stable's do not spare a canary
 * that chance cannot excuse. A step judged by `guardrails` has no control arm, so there the canary's own figure is enough.
 */
export const judgeGuardrails = (evidence: Evidence, guardrails: Guardrails, judgedBy: Judge): Verdict => {
	const hasControl = judgedBy === "comparison";
	const recent = {
		name: `in the last ${guardrails.windowSeconds} s`,
		canary: recentOf(evidence, "canary"),
		stable: recentOf(evidence, "stable"),
	};
	const whole = { name: "since the step began", ...evidence.total };
	return weightier(judgeStretch(recent, guardrails, hasControl), judgeStretch(whole, guardrails, hasControl));
};

/** Of two verdicts the one that counts; the first where they are of one kind. */
export const weightier = (first: Verdict, second: Verdict): Verdict =>
	precedence.indexOf(second.kind) > precedence.indexOf(first.kind) ? second : first;
