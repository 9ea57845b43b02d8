import { coverageRatio, type Evidence } from "./evidence.ts";
import { judgeGuardrails, weightier } from "./guardrails.ts";
import type { OnUndecided, ServiceDefinition, Step } from "./service-definition.ts";
import type { PauseReason, Wish } from "./service-state.ts";
import type { Verdict } from "./verdict.ts";

/** Data must have come for this share of the buckets before the clock may pass a step (D8). */
const minCoverageRatio = 0.9;

/** Longer than the longest bucket (300 s), its lateness and one look together: a source that lives has answered by then. */
const firstBucketSeconds = 600;

/** How long a window that is over may stay open until its figures are clear, from the first of them on; seconds. */
export const clearingSeconds = 600;

/** What a look at a baking step concludes. */
export type BakeDecision =
	| { readonly kind: "keep-watching"; readonly reasons: readonly string[] }
	| { readonly kind: "pass"; readonly reasons: readonly string[] }
	| { readonly kind: "roll-back"; readonly reasons: readonly string[] }
	| { readonly kind: "pause"; readonly reason: PauseReason; readonly reasons: readonly string[] };

export interface Bake {
	readonly step: Step;
	/** When this weight was set. */
	readonly startEpochMs: number;
	readonly evidence: Evidence;
	/** What the load balancer's view of the canary's targets says; nothing where it could not be asked. */
	readonly targets?: Verdict;
	/** What a person wants of the rollout, where it is not over. */
	readonly wish?: Wish | undefined;
}

type BakeRules = Pick<ServiceDefinition, "guardrails" | "onUndecided">;

const coverageReason = (evidence: Evidence): string =>
	`data came for ${evidence.settledBuckets - evidence.missingBuckets} of ${evidence.settledBuckets} buckets, ` +
	`${minCoverageRatio * 100} % needed`;

const undecidedAtEnd = (onUndecided: OnUndecided, reason: PauseReason, reasons: readonly string[]): BakeDecision => {
	switch (onUndecided) {
		case "pause":
			return { kind: "pause", reason, reasons };
		case "roll-back":
			return { kind: "roll-back", reasons };
		case "promote":
			return { kind: "pass", reasons };
	}
};

/** Targets that could not be asked about say nothing. */
const unseen: Verdict = { kind: "undecided", reasons: [] };

const pausedBy = ({ by }: Wish): Extract<BakeDecision, { kind: "pause" }> => ({
	kind: "pause",
	reason: "person",
	reasons: [`${by} asked for a pause`],
});

const promotedBy = ({ by }: Wish, reasons: readonly string[]) => [`${by} promotes it by hand`, ...reasons];

/**
 * Decides after each look: harm ends a step at once, health ends it after `minBakeSeconds`,
 * and without a verdict by `maxBakeSeconds` the user's `onUndecided` applies. Missing data never passes a step and
 * never rolls one back (promise 4). A person who promotes takes the place of evidence, not of harm.
 */
export const decideBake = (bake: Bake, rules: BakeRules, nowEpochMs: number): BakeDecision => {
	const { step, evidence, targets = unseen, wish } = bake;
	const verdict = weightier(judgeGuardrails(evidence, rules.guardrails, step.judgedBy), targets);
	if (verdict.kind === "harmful") return { kind: "roll-back", reasons: verdict.reasons };
	if (wish?.verb === "pause") return pausedBy(wish);
	if (wish?.verb === "promote") return { kind: "pass", reasons: promotedBy(wish, verdict.reasons) };
	if (verdict.kind === "sick") return { kind: "pause", reason: "environment-unhealthy", reasons: verdict.reasons };

	const bakedSeconds = (nowEpochMs - bake.startEpochMs) / 1000;
	if (bakedSeconds < step.minBakeSeconds) return { kind: "keep-watching", reasons: verdict.reasons };
	const isCovered = coverageRatio(evidence) >= minCoverageRatio;
	// Without a control arm the clock decides, if the limits could have been broken visibly (D8).
	const isPassed =
		isCovered && (verdict.kind === "healthy" || (verdict.kind === "undecided" && step.judgedBy === "guardrails"));
	if (isPassed) return { kind: "pass", reasons: verdict.reasons };
	const reasons = isCovered ? verdict.reasons : [coverageReason(evidence), ...verdict.reasons];
	if (bakedSeconds < step.maxBakeSeconds) return { kind: "keep-watching", reasons };
	return isCovered
		? undecidedAtEnd(rules.onUndecided, "undecided", reasons)
		: { kind: "pause", reason: "no-evidence", reasons };
};

/** What a look in the window concludes. */
export type WindowDecision =
	| Exclude<BakeDecision, { kind: "pass" }>
	| { readonly kind: "close"; readonly reasons: readonly string[] };

export interface Window {
	/** When its first figures were complete; those of before a pause count no more. */
	readonly figuresFromEpochMs: number;
	readonly endsAtEpochMs: number;
	readonly evidence: Evidence;
	readonly targets?: Verdict;
	/** A newer release waits and the user lets it end the window. */
	readonly isNextWaiting: boolean;
	/** What a person wants of the rollout, where it is not over; a promotion only if it was asked for in the window. */
	readonly wish?: Wish | undefined;
}

// Nothing is settled yet, so the watermark still is the beginning of the first bucket.
const lastMomentOfFirstBucket = (evidence: Evidence): number => evidence.watermarkEpochMs + firstBucketSeconds * 1000;

/** What follows for a window that is over and has its data: it closes once they are clear. */
const atTheEnd = (
	{ figuresFromEpochMs, endsAtEpochMs }: Window,
	{ kind, reasons }: Verdict,
	onUndecided: OnUndecided,
	nowEpochMs: number,
): WindowDecision => {
	// Resumed after its end, or near it: the first handful of requests after a pause is not enough to close on.
	const isAfresh = figuresFromEpochMs >= endsAtEpochMs;
	const over = "the window is over";
	if (kind !== "doubtful" && !(kind === "undecided" && isAfresh)) return { kind: "close", reasons: [over] };
	if (nowEpochMs < Math.max(figuresFromEpochMs, endsAtEpochMs) + clearingSeconds * 1000)
		return { kind: "keep-watching", reasons: [over, ...reasons] };
	if (kind === "undecided") return { kind: "close", reasons: [over, ...reasons] };
	const decision = undecidedAtEnd(onUndecided, "undecided", [over, ...reasons]);
	return decision.kind === "pass" ? { ...decision, kind: "close" } : decision;
};

/**
 * Decides after each look in the window: harm rolls back, the end of the window or a waiting release closes it; what is
 * not clear at its end keeps it open for a while, and doubt that lasts is decided by the user's `onUndecided`.
 */
export const decideWindow = (window: Window, rules: BakeRules, nowEpochMs: number): WindowDecision => {
	const verdict = weightier(judgeGuardrails(window.evidence, rules.guardrails, "guardrails"), window.targets ?? unseen);
	if (verdict.kind === "harmful") return { kind: "roll-back", reasons: verdict.reasons };
	const { wish } = window;
	if (wish?.verb === "pause") return pausedBy(wish);
	// Neither slot can serve, so neither closing nor going back helps anybody: only targets say this here.
	if (verdict.kind === "sick") return { kind: "pause", reason: "environment-unhealthy", reasons: verdict.reasons };
	const doubts = verdict.kind === "doubtful" ? verdict.reasons : [];
	if (window.isNextWaiting) return { kind: "close", reasons: ["a newer release waits", ...doubts] };
	if (wish?.verb === "promote") return { kind: "close", reasons: promotedBy(wish, verdict.reasons) };
	if (nowEpochMs < window.endsAtEpochMs) return { kind: "keep-watching", reasons: verdict.reasons };
	if (coverageRatio(window.evidence) >= minCoverageRatio)
		return atTheEnd(window, verdict, rules.onUndecided, nowEpochMs);
	// Short windows, and those resumed after a pause, are over before any bucket could be complete: that is not silence.
	const isTooEarly = window.evidence.settledBuckets === 0 && nowEpochMs < lastMomentOfFirstBucket(window.evidence);
	if (isTooEarly)
		return { kind: "keep-watching", reasons: ["the window is over, its first bucket is not complete yet"] };
	return { kind: "pause", reason: "no-evidence", reasons: [coverageReason(window.evidence), ...verdict.reasons] };
};

/** What a look at a canary whose rollout waits for a person concludes: only harm is a reason to act. */
export const decidePaused = (
	evidence: Evidence,
	guardrails: ServiceDefinition["guardrails"],
	judgedBy: Step["judgedBy"],
	targets: Verdict = unseen,
): Extract<BakeDecision, { kind: "keep-watching" | "roll-back" }> => {
	const { kind, reasons } = weightier(judgeGuardrails(evidence, guardrails, judgedBy), targets);
	return { kind: kind === "harmful" ? "roll-back" : "keep-watching", reasons };
};
