import { describe, expect, it } from "vitest";
import { decideBake, decidePaused, decideWindow, type Window } from "../../lib/domain/bake.ts";
import type { OnUndecided, Step } from "../../lib/domain/service-definition.ts";
import { counts, definition, evidence, step } from "./builders.ts";

/** A canary with 5.1 % errors where 5 % are allowed: more than the limit, and no more than chance may bring. */
const seen = evidence({ canary: counts({ errors: 51 }) });
const doubt = expect.stringContaining("errors: that many may be chance");

describe("decideBake, given a canary that may be over its limit by chance", () => {
	const bake = (judgedBy: Step["judgedBy"], onUndecided: OnUndecided, afterSeconds: number) =>
		decideBake(
			{ step: step({ judgedBy }), startEpochMs: 0, evidence: seen },
			definition({ onUndecided }),
			afterSeconds * 1000,
		);

	it.each(["comparison", "guardrails"] as const)(
		"given a step judged by %s, neither goes back nor passes by the clock until the longest bake is over",
		(judgedBy) => {
			for (const afterSeconds of [0, 120, 599]) {
				const decision = bake(judgedBy, "promote", afterSeconds);

				expect(decision.kind).toBe("keep-watching");
				expect(decision.reasons).toContainEqual(doubt);
			}
		},
	);

	it.each([
		["pause", { kind: "pause", reason: "undecided" }],
		["roll-back", { kind: "roll-back" }],
		["promote", { kind: "pass" }],
	] as const)("given the end of it and onUndecided %s, does so and says why", (onUndecided, expected) => {
		const decision = bake("guardrails", onUndecided, 600);

		expect(decision).toMatchObject(expected);
		expect(decision.reasons).toContainEqual(doubt);
	});
});

describe("decideWindow, given a canary that may be over its limit by chance", () => {
	const endsAtEpochMs = 1_000_000;
	const look = (onUndecided: OnUndecided, afterMs: number, more: Partial<Window> = {}) =>
		decideWindow(
			{ figuresFromEpochMs: 0, endsAtEpochMs, evidence: seen, isNextWaiting: false, ...more },
			definition({ onUndecided }),
			endsAtEpochMs + afterMs,
		);

	it.each([-1, 0, 599_999])("given %i ms after its end, keeps the way back open and says so", (afterMs) => {
		const decision = look("promote", afterMs);

		expect(decision.kind).toBe("keep-watching");
		expect(decision.reasons).toContainEqual(doubt);
		expect(decision.reasons.includes("the window is over")).toBe(afterMs >= 0);
	});

	it.each([
		["pause", { kind: "pause", reason: "undecided" }],
		["roll-back", { kind: "roll-back" }],
		["promote", { kind: "close" }],
	] as const)("given no clearer figures ten minutes later and onUndecided %s, does so", (onUndecided, expected) => {
		const decision = look(onUndecided, 600_000);

		expect(decision).toMatchObject(expected);
		expect(decision.reasons.slice(0, 2)).toStrictEqual([
			"the window is over",
			expect.stringMatching(/^canary: 5.10 %/),
		]);
	});

	it("given a newer release that may end the window, lets it, and says what is in doubt", () => {
		expect(look("pause", 0, { isNextWaiting: true })).toStrictEqual({
			kind: "close",
			reasons: ["a newer release waits", expect.stringMatching(/^canary: 5.10 %/), doubt],
		});
	});

	it("given missing data besides, says both to the person who is asked", () => {
		expect(look("promote", 600_000, { evidence: { ...seen, missingBuckets: 5 } })).toMatchObject({
			kind: "pause",
			reason: "no-evidence",
			reasons: ["data came for 5 of 10 buckets, 90 % needed", expect.stringMatching(/^canary: 5.10 %/), doubt],
		});
	});

	it.each([
		[599_999, "keep-watching"],
		[600_000, "roll-back"],
	] as const)(
		"given a window resumed an hour after its end, %i ms later answers %s: it gets its time anew",
		(afterMs, kind) => {
			const figuresFromEpochMs = endsAtEpochMs + 3_600_000;

			expect(look("roll-back", 3_600_000 + afterMs, { figuresFromEpochMs }).kind).toBe(kind);
		},
	);
});

describe("decideWindow, given a window that was over when a person resumed it", () => {
	const endsAtEpochMs = 1_000_000;
	const look = (requests: number, afterMs: number, figuresFromEpochMs = 5_000_000) =>
		decideWindow(
			{ figuresFromEpochMs, endsAtEpochMs, evidence: evidence({ canary: counts({ requests }) }), isNextWaiting: false },
			definition(),
			figuresFromEpochMs + afterMs,
		);

	it("given health, closes at once", () => {
		expect(look(1_000, 0)).toStrictEqual({ kind: "close", reasons: ["the window is over"] });
	});

	it("given the first figures as it ends, none of them was seen before: waits for more; a moment earlier, closes", () => {
		expect(look(40, 0, endsAtEpochMs).kind).toBe("keep-watching");
		expect(look(40, 1, endsAtEpochMs - 1).kind).toBe("close");
	});

	it("given too few requests, waits ten minutes for more of them and then closes, like every quiet window", () => {
		const [early, late] = [look(40, 599_999), look(40, 600_000)];

		expect([early.kind, late.kind]).toEqual(["keep-watching", "close"]);
		for (const { reasons } of [early, late])
			expect(reasons).toStrictEqual([
				"the window is over",
				"canary: 40 requests in the last 120 s, 100 needed to decide",
			]);
	});
});

it("given a person who is asked and a canary that may be over its limit by chance, leaves the question with the person", () => {
	expect(decidePaused(seen, definition().guardrails, "guardrails").kind).toBe("keep-watching");
});
