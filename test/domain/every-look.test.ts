import { describe, expect, it } from "vitest";
import { decideBake, decideWindow } from "../../lib/domain/bake.ts";
import { decideExposure } from "../../lib/domain/exposure.ts";
import { findForeignEdit } from "../../lib/domain/foreign-edit.ts";
import { judgeGuardrails } from "../../lib/domain/guardrails.ts";
import type { Judge, OnUndecided } from "../../lib/domain/service-definition.ts";
import { otherSlot, slotNames, weightsFor } from "../../lib/domain/slot.ts";
import { admittedAtEpochMs, counts, definition, evidence, serviceState, step } from "./builders.ts";
import { exceptions } from "./exceptions.ts";

const bad = counts({ errors: 100 });
/** Over the limit, and no more than chance may bring it. */
const doubtful = counts({ errors: 51 });
const judges: readonly Judge[] = ["comparison", "guardrails"];
const wishes: readonly OnUndecided[] = ["pause", "roll-back", "promote"];

/** What was seen, from nothing at all to harm, and how much of it is missing. */
const seen = [
	{ canary: counts(), stable: counts() },
	{ canary: counts({ requests: 10 }), stable: counts() },
	{ canary: null, stable: counts() },
	{ canary: null, stable: null },
	{ canary: bad, stable: bad },
	{ canary: bad, stable: counts() },
	{ canary: doubtful, stable: counts() },
].flatMap((slots) =>
	[
		{ settledBuckets: 0, missingBuckets: 0 },
		{ settledBuckets: 10, missingBuckets: 0 },
		{ settledBuckets: 10, missingBuckets: 1 },
		{ settledBuckets: 10, missingBuckets: 2 },
		{ settledBuckets: 10, missingBuckets: 10 },
	].map((coverage) => ({
		evidence: evidence({ ...slots, ...coverage }),
		isCovered: coverage.settledBuckets === 10 && coverage.missingBuckets <= 1,
		isSilent: slots.canary === null,
	})),
);

describe("every look at a step that bakes", () => {
	const cases = seen.flatMap((look) =>
		judges.flatMap((judgedBy) =>
			wishes.flatMap((onUndecided) =>
				[0, 119, 120, 599, 600, 6_000].map((afterSeconds) => {
					const rules = definition({ onUndecided });
					const bake = { step: step({ judgedBy }), startEpochMs: 0, evidence: look.evidence };
					return {
						...look,
						judgedBy,
						onUndecided,
						afterSeconds,
						verdict: judgeGuardrails(look.evidence, rules.guardrails, judgedBy).kind,
						decision: decideBake(bake, rules, afterSeconds * 1000),
					};
				}),
			),
		),
	);
	const decided = (kind: string) => cases.filter(({ decision }) => decision.kind === kind);

	it("given all of them, every verdict and every answer occurs, each with its reasons", () => {
		expect(new Set(cases.map(({ verdict }) => verdict)).size).toBe(5);
		expect(new Set(cases.map(({ decision }) => decision.kind)).size).toBe(4);
		expect(exceptions(cases, ({ decision }) => decision.reasons.length > 0)).toEqual([]);
	});

	it("given no evidence, neither passes nor rolls back, whatever the user wishes", () => {
		const silent = cases.filter(({ isCovered, isSilent }) => isSilent && !isCovered);

		expect(exceptions(silent, ({ decision }) => ["keep-watching", "pause"].includes(decision.kind))).toEqual([]);
	});

	it("given too little of it, never passes, and rolls back for harm that was seen only", () => {
		const thin = cases.filter(({ isCovered }) => !isCovered);

		expect(
			exceptions(
				thin,
				({ decision, verdict }) =>
					decision.kind !== "pass" && (decision.kind === "roll-back") === (verdict === "harmful"),
			),
		).toEqual([]);
	});

	it("given harm, rolls back at once; given an unwell environment, pauses at once", () => {
		expect(
			exceptions(
				cases,
				({ verdict, decision }) =>
					(verdict !== "harmful" || decision.kind === "roll-back") &&
					(verdict === "sick") === (decision.kind === "pause" && decision.reason === "environment-unhealthy"),
			),
		).toEqual([]);
	});

	it("given a rollback without harm, the user wished it and the time was up", () => {
		expect(
			exceptions(
				decided("roll-back"),
				({ verdict, onUndecided, afterSeconds, isCovered }) =>
					verdict === "harmful" ||
					(["undecided", "doubtful"].includes(verdict) &&
						onUndecided === "roll-back" &&
						afterSeconds >= 600 &&
						isCovered),
			),
		).toEqual([]);
	});

	it("given a pass, enough time and data have come, and health, the clock or the user's wish decided", () => {
		expect(
			exceptions(
				decided("pass"),
				({ verdict, judgedBy, onUndecided, afterSeconds, isCovered }) =>
					isCovered &&
					afterSeconds >= 120 &&
					(verdict === "healthy" ||
						(verdict === "undecided" && judgedBy === "guardrails") ||
						(["undecided", "doubtful"].includes(verdict) && onUndecided === "promote" && afterSeconds >= 600)),
			),
		).toEqual([]);
	});

	it("given maxBakeSeconds, never keeps watching", () => {
		expect(exceptions(decided("keep-watching"), ({ afterSeconds }) => afterSeconds < 600)).toEqual([]);
	});
});

describe("every look in the window", () => {
	const endsAtEpochMs = 1_000_000;
	const cases = seen.flatMap((look) =>
		[true, false].flatMap((isNextWaiting) =>
			wishes.flatMap((onUndecided) =>
				[0, endsAtEpochMs - 1, endsAtEpochMs, 2 * endsAtEpochMs].map((now) => {
					const rules = definition({ onUndecided });
					return {
						...look,
						isNextWaiting,
						onUndecided,
						now,
						verdict: judgeGuardrails(look.evidence, rules.guardrails, "guardrails").kind,
						decision: decideWindow(
							{ figuresFromEpochMs: 0, endsAtEpochMs, evidence: look.evidence, isNextWaiting },
							rules,
							now,
						),
					};
				}),
			),
		),
	);

	it("given all of them, rolls back exactly for harm, and for doubt that the user wants no more of", () => {
		expect(
			exceptions(
				cases,
				({ verdict, decision, onUndecided, isNextWaiting, isCovered, now }) =>
					(decision.kind === "roll-back") ===
					(verdict === "harmful" ||
						(verdict === "doubtful" &&
							onUndecided === "roll-back" &&
							!isNextWaiting &&
							isCovered &&
							now === 2 * endsAtEpochMs)),
			),
		).toEqual([]);
	});

	it("given a window that closes, a release waits or the window is over with enough evidence", () => {
		const closed = cases.filter(({ decision }) => decision.kind === "close");

		expect(closed.length).toBeGreaterThan(0);
		expect(
			exceptions(
				closed,
				({ isNextWaiting, now, isCovered, verdict, onUndecided }) =>
					isNextWaiting ||
					(now >= endsAtEpochMs &&
						isCovered &&
						(verdict !== "doubtful" || (onUndecided === "promote" && now === 2 * endsAtEpochMs))),
			),
		).toEqual([]);
	});

	it("given a window long over, never keeps watching", () => {
		const late = cases.filter(({ now }) => now === 2 * endsAtEpochMs);

		expect(exceptions(late, ({ decision }) => decision.kind !== "keep-watching")).toEqual([]);
	});
});

describe("every reading of the router", () => {
	const cases = slotNames.flatMap((stableSlot) =>
		[5, 25, 100].flatMap((weightPercent) =>
			[null, 0, 1, 100].flatMap((baseShare) =>
				[null, 0, 4, 5, 6, 25, 99, 100].flatMap((trialShare) =>
					["rule-7", "rule-x"].map((ruleArn) => {
						const state = serviceState({ phase: "trial", stableSlot, weightPercent });
						const base = baseShare === null ? null : weightsFor(stableSlot, baseShare);
						const trial = trialShare === null ? null : { ruleArn, weights: weightsFor(stableSlot, trialShare) };
						// Requests meet the base rule only where no trial rule stands above it.
						const reaching = trial?.weights[otherSlot(stableSlot)] ?? baseShare ?? 0;
						const isAsSet = trialShare === weightPercent && baseShare === 0 && ruleArn === "rule-7";
						return { reaching, mayReach: weightPercent, isAsSet, edit: findForeignEdit(state, { base, trial }) };
					}),
				),
			),
		),
	);

	it("given all of them, finds nothing exactly where the router is as the step set it", () => {
		expect(exceptions(cases, ({ isAsSet, edit }) => isAsSet === (edit.kind === "none"))).toEqual([]);
	});

	it("given all of them, rolls back exactly where the canary gets more than its step allows", () => {
		expect(
			exceptions(cases, ({ reaching, mayReach, edit }) => reaching > mayReach === (edit.kind === "roll-back")),
		).toEqual([]);
	});
});

describe("every set of alarms at the first exposure", () => {
	const times = [null, admittedAtEpochMs - 1, admittedAtEpochMs, admittedAtEpochMs + 1];
	const cases = times.flatMap((one) =>
		times.flatMap((other) =>
			[[], ["alarm-0"], ["alarm-1"], ["alarm-0", "alarm-1"]].map((accepted) => {
				const red = [one, other].flatMap((sinceEpochMs, index) =>
					sinceEpochMs === null ? [] : [{ name: `alarm-${index}`, sinceEpochMs }],
				);
				const decision = decideExposure(serviceState({ phase: "preparing" }), red, accepted);
				return { red, accepted, decision };
			}),
		),
	);

	it("given all of them, pauses exactly where one turned red since admission that nobody accepted", () => {
		expect(
			exceptions(
				cases,
				({ red, accepted, decision }) =>
					(decision.kind === "pause") ===
					red.some(({ name, sinceEpochMs }) => sinceEpochMs >= admittedAtEpochMs && !accepted.includes(name)),
			),
		).toEqual([]);
	});

	it("given all of them, whoever is exposed has every red alarm on record, so that none of these rolls it back", () => {
		const exposed = cases.flatMap(({ red, decision }) => (decision.kind === "expose" ? [{ red, decision }] : []));

		expect(
			exceptions(
				exposed,
				({ red, decision }) =>
					Object.keys(decision.redAlarms).length === red.length &&
					red.every(({ name, sinceEpochMs }) => decision.redAlarms[name] === sinceEpochMs),
			),
		).toEqual([]);
	});
});
