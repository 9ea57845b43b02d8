import { describe, expect, it } from "vitest";
import {
	type BakeDecision,
	decideBake,
	decidePaused,
	decideWindow,
	type WindowDecision,
} from "../../lib/domain/bake.ts";
import type { Evidence } from "../../lib/domain/evidence.ts";
import type { OnUndecided, Step } from "../../lib/domain/service-definition.ts";
import type { Wish } from "../../lib/domain/service-state.ts";
import { counts, definition, evidence, step } from "./builders.ts";

const bad = counts({ errors: 100 });
const few = counts({ requests: 10 });

interface Look {
	readonly step?: Partial<Step>;
	readonly evidence?: Evidence;
	readonly onUndecided?: OnUndecided;
	readonly wish?: Wish;
	readonly afterSeconds: number;
}

const wish = (verb: Wish["verb"]): Wish => ({ id: "event-1", verb, by: "ana", atEpochMs: 1, phase: "trial" });

const bake = (look: Look): BakeDecision =>
	decideBake(
		{ step: step(look.step), startEpochMs: 50_000, evidence: look.evidence ?? evidence(), wish: look.wish },
		definition({ onUndecided: look.onUndecided ?? "pause" }),
		50_000 + look.afterSeconds * 1000,
	);

describe("decideBake", () => {
	it("given harm on the canary alone, rolls back at once and says with what figures", () => {
		const decision = bake({ evidence: evidence({ canary: bad }), afterSeconds: 0 });

		expect(decision).toStrictEqual({
			kind: "roll-back",
			reasons: [
				"canary: 10.00 % errors (100 of 1000 requests), limit 5 %, in the last 120 s",
				"stable: 0.00 % errors (0 of 1000 requests), limit 5 %, in the last 120 s",
			],
		});
	});

	it.each([
		["promote", "nothing that was measured", evidence(), { kind: "pass" }],
		["promote", "an environment that is unwell", evidence({ canary: bad, stable: bad }), { kind: "pass" }],
		["promote", "harm", evidence({ canary: bad }), { kind: "roll-back" }],
		["pause", "health", evidence(), { kind: "pause", reason: "person", reasons: ["ana asked for a pause"] }],
		["pause", "harm", evidence({ canary: bad }), { kind: "roll-back" }],
	] as const)("given a person who wants to %s, and %s, decides at once", (verb, _, seen, expected) => {
		expect(bake({ evidence: seen, wish: wish(verb), afterSeconds: 0 })).toMatchObject(expected);
	});

	it("given harm on both slots, pauses at once because the environment is unwell", () => {
		const decision = bake({ evidence: evidence({ canary: bad, stable: bad }), afterSeconds: 0 });

		expect(decision).toMatchObject({ kind: "pause", reason: "environment-unhealthy" });
		expect(decision.reasons).toHaveLength(2);
	});

	it.each([
		[119.999, "keep-watching"],
		[120, "pass"],
		[10_000, "pass"],
	] as const)("given health after %d s, answers %s: health ends a step after minBakeSeconds", (afterSeconds, kind) => {
		const decision = bake({ afterSeconds });

		expect(decision.kind).toBe(kind);
		expect(decision.reasons).toHaveLength(4);
	});

	it.each([
		[599.999, "keep-watching"],
		[600, "pause"],
	] as const)("given too few requests to compare after %d s, answers %s", (afterSeconds, kind) => {
		const decision = bake({ evidence: evidence({ canary: few }), afterSeconds });

		expect(decision.kind).toBe(kind);
		expect(decision.reasons).toStrictEqual(["canary: 10 requests in the last 120 s, 100 needed to decide"]);
	});

	it.each([
		["pause", "pause"],
		["roll-back", "roll-back"],
		["promote", "pass"],
	] as const)("given no verdict at the end and onUndecided %s, answers %s", (onUndecided, kind) => {
		const decision = bake({ evidence: evidence({ canary: few }), onUndecided, afterSeconds: 600 });

		expect(decision.kind).toBe(kind);
		expect(decision.reasons).toHaveLength(1);
		if (decision.kind === "pause") expect(decision.reason).toBe("undecided");
	});

	it("given too few requests and no control arm, the clock passes the step", () => {
		const decision = bake({
			step: { judgedBy: "guardrails" },
			evidence: evidence({ canary: few }),
			afterSeconds: 120,
		});

		expect(decision.kind).toBe("pass");
	});

	it("given no control arm and too early, keeps watching", () => {
		expect(bake({ step: { judgedBy: "guardrails" }, afterSeconds: 119 }).kind).toBe("keep-watching");
	});

	it.each([
		[1, "pass"],
		[2, "keep-watching"],
	] as const)("given %i of 10 buckets without data, answers %s: 90 %% is needed", (missingBuckets, kind) => {
		expect(bake({ evidence: evidence({ missingBuckets }), afterSeconds: 200 }).kind).toBe(kind);
	});

	it.each(["pause", "roll-back", "promote"] as const)(
		"given missing data at the end, pauses even where onUndecided is %s, and says how much came",
		(onUndecided) => {
			const decision = bake({ evidence: evidence({ missingBuckets: 2 }), onUndecided, afterSeconds: 600 });

			expect(decision).toMatchObject({ kind: "pause", reason: "no-evidence" });
			expect(decision.reasons[0]).toBe("data came for 8 of 10 buckets, 90 % needed");
			expect(decision.reasons).toHaveLength(5);
		},
	);

	it("given missing data before the end, says so while it keeps watching", () => {
		const decision = bake({ evidence: evidence({ missingBuckets: 2 }), afterSeconds: 599 });

		expect(decision.reasons[0]).toMatch(/^data came for 8 of 10/);
	});

	it("given no bucket at all, never passes by the clock", () => {
		const nothing = evidence({ canary: null, stable: null, settledBuckets: 0 });

		expect(bake({ step: { judgedBy: "guardrails" }, evidence: nothing, afterSeconds: 600 })).toMatchObject({
			kind: "pause",
			reason: "no-evidence",
		});
	});
});

const endsAtEpochMs = 1_000_000;

interface WindowLook {
	readonly evidence?: Evidence;
	readonly isNextWaiting?: boolean;
	readonly atEpochMs: number;
	readonly wish?: Wish;
}

const windowLook = (look: WindowLook): WindowDecision =>
	decideWindow(
		{
			figuresFromEpochMs: 0,
			endsAtEpochMs,
			evidence: look.evidence ?? evidence(),
			isNextWaiting: look.isNextWaiting ?? false,
			wish: look.wish,
		},
		definition(),
		look.atEpochMs,
	);

describe("decideWindow", () => {
	it.each([true, false])("given harm, rolls back even at the end and whether a release waits (%s)", (isNextWaiting) => {
		const decision = windowLook({
			evidence: evidence({ canary: bad, stable: null }),
			isNextWaiting,
			atEpochMs: endsAtEpochMs,
		});

		expect(decision).toStrictEqual({
			kind: "roll-back",
			reasons: ["canary: 10.00 % errors (100 of 1000 requests), limit 5 %, in the last 120 s"],
		});
	});

	it.each([
		[
			"promote",
			evidence(),
			{ kind: "close", reasons: ["ana promotes it by hand", expect.any(String), expect.any(String)] },
		],
		["promote", evidence({ canary: bad }), { kind: "roll-back" }],
		["pause", evidence(), { kind: "pause", reason: "person" }],
		["pause", evidence({ canary: bad }), { kind: "roll-back" }],
	] as const)("given a person who wants to %s, decides at once, and harm goes back", (verb, seen, expected) => {
		expect(windowLook({ evidence: seen, wish: wish(verb), atEpochMs: 0 })).toMatchObject(expected);
	});

	it("given harm, has no control arm that could excuse it", () => {
		const both = evidence({ canary: bad, stable: bad });

		expect(windowLook({ evidence: both, atEpochMs: 0 }).kind).toBe("roll-back");
	});

	it("given a newer release that may end the window, closes before its end", () => {
		const decision = windowLook({ isNextWaiting: true, atEpochMs: 0 });

		expect(decision).toStrictEqual({ kind: "close", reasons: ["a newer release waits"] });
	});

	it.each([
		[endsAtEpochMs - 1, "keep-watching"],
		[endsAtEpochMs, "close"],
	] as const)("given health at %i, answers %s: the window ends at 1000000", (atEpochMs, kind) => {
		const decision = windowLook({ atEpochMs });

		expect(decision.kind).toBe(kind);
		expect(decision.reasons).toHaveLength(kind === "close" ? 1 : 2);
		if (kind === "close") expect(decision.reasons).toStrictEqual(["the window is over"]);
	});

	it.each([
		[1, "close"],
		[2, "pause"],
	] as const)("given %i of 10 buckets without data at the end, answers %s", (missingBuckets, kind) => {
		expect(windowLook({ evidence: evidence({ missingBuckets }), atEpochMs: endsAtEpochMs }).kind).toBe(kind);
	});

	it("given missing data at the end, pauses and says how much came, and what it says", () => {
		const decision = windowLook({ evidence: evidence({ missingBuckets: 5 }), atEpochMs: endsAtEpochMs });

		expect(decision).toStrictEqual({
			kind: "pause",
			reason: "no-evidence",
			reasons: [
				"data came for 5 of 10 buckets, 90 % needed",
				expect.stringContaining("0.00 % errors"),
				expect.stringContaining("0.00 % slow answers"),
			],
		});
	});

	it.each([
		[599_999, "keep-watching"],
		[600_000, "pause"],
	] as const)(
		"given a window that is over and %i ms since its first bucket began, answers %s: a source gets time to answer",
		(sinceMs, kind) => {
			const nothing = evidence({ canary: null, stable: null, settledBuckets: 0, watermarkEpochMs: endsAtEpochMs });

			const decision = windowLook({ evidence: nothing, atEpochMs: endsAtEpochMs + sinceMs });

			expect(decision.kind).toBe(kind);
			expect(decision.reasons[0]).toBe(
				kind === "pause"
					? "data came for 0 of 0 buckets, 90 % needed"
					: "the window is over, its first bucket is not complete yet",
			);
		},
	);

	it("given a first bucket that settled without data, does not wait any longer", () => {
		const missed = evidence({ settledBuckets: 1, missingBuckets: 1, watermarkEpochMs: endsAtEpochMs });

		expect(windowLook({ evidence: missed, atEpochMs: endsAtEpochMs }).kind).toBe("pause");
	});
});

describe("decidePaused", () => {
	const { guardrails } = definition({});

	it("given harm while a person is asked, rolls back and says with what figures", () => {
		const decision = decidePaused(evidence({ canary: bad }), guardrails, "comparison");

		expect(decision.kind).toBe("roll-back");
		expect(decision.reasons[0]).toContain("10.00 % errors");
	});

	it.each([
		["health", evidence()],
		["too few requests", evidence({ canary: few })],
		["an environment that is unwell", evidence({ canary: bad, stable: bad })],
	])("given %s, leaves the question with the person", (_, seen) => {
		expect(decidePaused(seen, guardrails, "comparison").kind).toBe("keep-watching");
	});
});
