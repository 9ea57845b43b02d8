import { describe, expect, it } from "vitest";
import {
	coverageRatio,
	type EvidenceRules,
	firstFiguresEpochMs,
	freshEvidence,
	gather,
	recentOf,
} from "../../lib/domain/evidence.ts";
import { bucket, counts, evidence } from "./builders.ts";

const rules: EvidenceRules = { periodSeconds: 10, latenessSeconds: 30, windowSeconds: 30, needsStable: true };
const none = counts({ requests: 0 });
const from = freshEvidence(100_000, 0, 10);
/** Late enough for every bucket of these tests to be given up. */
const longAfter = 10_000_000;

describe("freshEvidence", () => {
	it.each([
		[100_000, 0, 100_000],
		[100_001, 0, 110_000],
		[109_999, 0, 110_000],
		[100_000, 20, 120_000],
		[100_001, 15, 120_000],
	])(
		"given a weight set at %i and a warm-up of %i s, begins with the bucket at %i, which is complete a period later",
		(startEpochMs, warmup, first) => {
			expect(firstFiguresEpochMs(startEpochMs, warmup, 10)).toBe(first + 10_000);
			expect(freshEvidence(startEpochMs, warmup, 10)).toStrictEqual({
				watermarkEpochMs: first,
				settledBuckets: 0,
				missingBuckets: 0,
				recent: [],
				total: { stable: none, canary: none },
			});
		},
	);
});

describe("gather", () => {
	it("given complete buckets, settles them at once and keeps them", () => {
		const gathered = gather(from, [bucket(100_000), bucket(110_000)], 120_000, rules);

		expect(gathered).toStrictEqual({
			watermarkEpochMs: 120_000,
			settledBuckets: 2,
			missingBuckets: 0,
			recent: [bucket(100_000), bucket(110_000)],
			total: { stable: counts({ requests: 2_000 }), canary: counts({ requests: 2_000 }) },
		});
	});

	it("given buckets that were settled before, counts none of them again", () => {
		const once = gather(from, [bucket(100_000), bucket(110_000)], 120_000, rules);

		const again = gather(once, [bucket(100_000), bucket(110_000)], 130_000, rules);

		expect(again).toStrictEqual(once);
	});

	it("given buckets from before the warm-up ended, counts none of them", () => {
		const gathered = gather(from, [bucket(80_000), bucket(90_000), bucket(100_000)], 120_000, rules);

		expect(gathered.settledBuckets).toBe(1);
	});

	it.each([
		[139_999, 0],
		[140_000, 1],
	])("given no canary data at %i, settles %i buckets: until 30 s after its end it may still come", (now, settled) => {
		const gathered = gather(from, [bucket(100_000, { canary: null })], now, rules);

		expect(gathered).toMatchObject({
			watermarkEpochMs: 100_000 + settled * 10_000,
			settledBuckets: settled,
			missingBuckets: settled,
		});
	});

	it("given a bucket that may still fill, waits for it even where later ones are complete", () => {
		const early = gather(from, [bucket(100_000, { canary: null }), bucket(110_000)], 120_000, rules);
		const late = gather(early, [bucket(100_000), bucket(110_000)], 130_000, rules);

		expect(early).toStrictEqual(from);
		expect(late).toMatchObject({ watermarkEpochMs: 120_000, settledBuckets: 2, missingBuckets: 0 });
	});

	it("given a bucket that will not fill any more, goes on to later ones", () => {
		const gathered = gather(from, [bucket(100_000, { canary: null }), bucket(110_000)], longAfter, rules);

		expect(gathered).toMatchObject({ watermarkEpochMs: 120_000, settledBuckets: 2, missingBuckets: 1 });
	});

	it.each([
		["waits for the stable slot's data", true, 0],
		["does without the stable slot's data", false, 1],
	])("given whether a control arm is needed, %s", (_, needsStable, settled) => {
		const gathered = gather(from, [bucket(100_000, { stable: null })], 120_000, { ...rules, needsStable });

		expect(gathered).toMatchObject({ settledBuckets: settled, missingBuckets: 0 });
	});

	it("given only the stable slot's data, calls the bucket missing: it says nothing of the canary", () => {
		const gathered = gather(from, [bucket(100_000, { canary: null })], longAfter, { ...rules, needsStable: false });

		expect(gathered.missingBuckets).toBe(1);
	});

	it("given more than the guardrails' window, keeps the window and counts the rest", () => {
		const starts = [100_000, 110_000, 120_000, 130_000, 140_000];

		const gathered = gather(
			from,
			starts.map((start) => bucket(start)),
			150_000,
			rules,
		);

		expect(gathered.recent.map(({ startEpochMs }) => startEpochMs)).toStrictEqual([120_000, 130_000, 140_000]);
		expect(gathered.settledBuckets).toBe(5);
		expect(gathered.total.canary).toStrictEqual(counts({ requests: 5_000 }));
	});

	it("given buckets of which one slot said nothing, adds up what each of them said", () => {
		const seen = [
			bucket(100_000, { canary: counts({ requests: 10, errors: 1, slow: 2 }), stable: null }),
			bucket(110_000, { canary: null, stable: counts({ requests: 500, errors: 3, slow: 4 }) }),
			bucket(120_000, { canary: counts({ requests: 20, errors: 5, slow: 6 }), stable: null }),
		];

		const gathered = gather(from, seen, longAfter, rules);

		expect(gathered.total).toStrictEqual({
			canary: { requests: 30, errors: 6, slow: 8 },
			stable: { requests: 500, errors: 3, slow: 4 },
		});
	});

	it("given a bucket that the source left out, does not jump over it", () => {
		const gathered = gather(from, [bucket(100_000), bucket(120_000)], longAfter, rules);

		expect(gathered).toMatchObject({ watermarkEpochMs: 110_000, settledBuckets: 1 });
	});

	it("given evidence, leaves it as it was", () => {
		const before = structuredClone(from);

		gather(from, [bucket(100_000)], 120_000, rules);

		expect(from).toStrictEqual(before);
	});
});

describe("coverageRatio", () => {
	it.each([
		[0, 0, 0],
		[10, 0, 1],
		[10, 1, 0.9],
		[4, 4, 0],
	])("given %i settled buckets of which %i are missing, is %d", (settledBuckets, missingBuckets, ratio) => {
		expect(coverageRatio(evidence({ settledBuckets, missingBuckets }))).toBe(ratio);
	});
});

describe("recentOf", () => {
	it("given buckets with and without data, adds up the one slot that was asked for", () => {
		const seen = evidence({
			recent: [
				bucket(0, { canary: counts({ requests: 10, errors: 1, slow: 2 }), stable: counts({ requests: 500 }) }),
				bucket(1, { canary: null }),
				bucket(2, { canary: counts({ requests: 20, errors: 3, slow: 4 }), stable: null }),
			],
		});

		expect(recentOf(seen, "canary")).toStrictEqual({ requests: 30, errors: 4, slow: 6 });
		expect(recentOf(seen, "stable")).toStrictEqual({ requests: 1_500, errors: 0, slow: 0 });
	});

	it("given nothing, is zero", () => {
		expect(recentOf(from, "canary")).toStrictEqual({ requests: 0, errors: 0, slow: 0 });
	});
});
