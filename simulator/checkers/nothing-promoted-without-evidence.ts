import { isCutShort } from "../../lib/domain/closing.ts";
import type { Step } from "../../lib/domain/service-definition.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { otherSlot, type SlotName } from "../../lib/domain/slot.ts";
import { openWish, promotionWish } from "../../lib/domain/wish.ts";
import { bucketMs } from "../world/slot-bucket.ts";
import type { Checker, Observation, Watching } from "./checker.ts";
import { Findings } from "./findings.ts";
import { followRecord } from "./record-follower.ts";

/** Requests follow a change of rules within this time, and a bake is counted from the change. */
const obeysWithinMs = 2_000;

/** A watch reads the rules when it begins a look: what a late write changes after that is found by the next one. */
const unseenMs = 60_000;

/**
 * A window is counted from before the write that opens it. A sandbox that is frozen in between sends it when the next
 * try thaws it: later by an invocation of 10 s and the wait for that try.
 */
const writtenWithinMs = 15_000;

/** Share of what was to be measured that must have been (D8). */
const measuredShare = 0.9;

interface Span {
	readonly fromEpochMs: number;
	readonly toEpochMs: number;
	/** The canary's share of the users, percent. */
	readonly percent: number;
}

/** What users of a service were given, and what their requests left behind. */
const factsOf = ({ system: { world, clock }, definition }: Observation, canary: SlotName) => {
	const traffic = world.traffic.of(definition.service);
	return {
		spansSince: (beganAtEpochMs: number): readonly Span[] =>
			traffic.shares
				.map((since, index) => ({
					fromEpochMs: Math.max(beganAtEpochMs, since.atEpochMs),
					toEpochMs: traffic.shares[index + 1]?.atEpochMs ?? clock.nowEpochMs(),
					percent: 100 * since[canary],
				}))
				.filter(({ fromEpochMs, toEpochMs }) => toEpochMs > fromEpochMs),
		/** Milliseconds of complete buckets in which the canary answered requests, so that there was something to measure. */
		measuredMs: (spans: readonly Span[]): number => {
			let measured = 0;
			for (const { startEpochMs, served } of traffic.buckets(canary)) {
				const isInside = ({ fromEpochMs, toEpochMs }: Span): boolean =>
					startEpochMs >= fromEpochMs && startEpochMs + bucketMs <= toEpochMs;
				if (served > 0 && spans.some(isInside)) measured += bucketMs;
			}
			return measured;
		},
	};
};

const sum = (spans: readonly Span[]): number =>
	spans.reduce((total, { fromEpochMs, toEpochMs }) => total + toEpochMs - fromEpochMs, 0);

/** Whether somebody took share from the canary on its way: a write that landed late, for Sluice only ever adds. */
const isDisturbed = (spans: readonly Span[]): boolean =>
	spans.some(({ percent }, index) => percent < (spans[index - 1]?.percent ?? 0));

const watch = (observation: Observation): Watching => {
	const { definition, hands, system } = observation;
	const { measurements, warmupSeconds, steps } = definition;
	const findings = new Findings();
	let beganAtEpochMs = system.clock.nowEpochMs();
	let promotedAtEpochMs = Number.NEGATIVE_INFINITY;
	/** Since when a person's promotion is on record, and until when; it takes the place of evidence for that time. */
	let byHand: { readonly fromEpochMs: number; toEpochMs: number }[] = [];

	/** Both ends of a step may cut a bucket of the source short, and what is warming up is not asked about. */
	const leastMeasuredMs = ({ minBakeSeconds }: Step): number => {
		const askedSeconds = measuredShare * (minBakeSeconds - warmupSeconds) - 2 * measurements.periodSeconds;
		return Math.max(bucketMs, askedSeconds * 1000);
	};
	/** Whether a promotion was on record at some moment at which a step should have gathered evidence, or been begun. */
	const isByHand = (weightPercent: number, all: readonly Span[], atEpochMs: number): boolean => {
		const left = all.find(({ percent }) => percent > weightPercent + 0.5)?.fromEpochMs ?? atEpochMs;
		const begun = all.find(({ percent }) => percent > weightPercent - 0.5)?.fromEpochMs ?? beganAtEpochMs;
		return byHand.some(({ fromEpochMs, toEpochMs }) => fromEpochMs <= left && toEpochMs >= begun);
	};
	const judgeSteps = (canary: SlotName, atEpochMs: number): void => {
		const facts = factsOf(observation, canary);
		const all = facts.spansSince(beganAtEpochMs);
		const shortMs = isDisturbed(all) ? obeysWithinMs + unseenMs : obeysWithinMs;
		for (const step of steps) {
			if (isByHand(step.weightPercent, all, atEpochMs)) continue;
			const spans = all.filter(({ percent }) => Math.abs(percent - step.weightPercent) < 0.5);
			const served = sum(spans);
			const measured = facts.measuredMs(spans);
			// Where somebody moves the weights by hand, what Sluice has seen between its looks is theirs as well.
			const isServed = hands.has("rule-edited") || served >= step.minBakeSeconds * 1000 - shortMs;
			if (!isServed)
				findings.add(
					atEpochMs,
					`${step.weightPercent} % had been served for ${served / 1000} s; ${step.minBakeSeconds} s are the least.`,
				);
			const least = leastMeasuredMs(step);
			if (measured < least)
				findings.add(
					atEpochMs,
					`${measured / 1000} s at ${step.weightPercent} % had been measured; ${least / 1000} s are the least.`,
				);
		}
	};
	const followWish = (before: ServiceState, after: ServiceState, atEpochMs: number): void => {
		const [was, is] = [openWish(before), openWish(after)].map((wish) => wish?.verb === "promote");
		if (is && !was) byHand.push({ fromEpochMs: atEpochMs, toEpochMs: Number.POSITIVE_INFINITY });
		const last = byHand.at(-1);
		if (was && !is && last !== undefined) last.toEpochMs = atEpochMs;
	};
	const follower = followRecord(observation, ({ before, after, atEpochMs }) => {
		followWish(before, after, atEpochMs);
		if (before.phase === after.phase) return;
		if (after.phase === "preparing") {
			beganAtEpochMs = atEpochMs;
			byHand = [];
		}
		if (after.phase === "window") {
			promotedAtEpochMs = atEpochMs;
			judgeSteps(otherSlot(after.stableSlot), atEpochMs);
		}
		if (after.phase !== "closing") return;
		if (promotionWish(before) !== undefined) return;
		const lasted = atEpochMs - promotedAtEpochMs;
		if (!isCutShort(before, definition.onNewPush) && lasted < definition.windowSeconds * 1000 - writtenWithinMs)
			findings.add(
				atEpochMs,
				`the window ended after ${lasted / 1000} s; ${definition.windowSeconds} s are the least.`,
			);
	});
	return { ...follower, broken: () => findings.sentences };
};

/** Watches what users were given, and what was measured of it, before each promotion and each closing. */
export const nothingPromotedWithoutEvidence: Checker = { promise: "Nothing is promoted without evidence.", watch };
