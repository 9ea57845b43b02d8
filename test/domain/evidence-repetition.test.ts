import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Evidence, type EvidenceRules, freshEvidence, gather } from "../../lib/domain/evidence.ts";
import type { Measurement } from "../../lib/domain/measurement.ts";

const periodMs = 10_000;
const rules: EvidenceRules = { periodSeconds: 10, latenessSeconds: 30, windowSeconds: 60, needsStable: true };
const seeded = { seed: 7, numRuns: 300 };

const someCounts = fc.record({ requests: fc.nat(1_000), errors: fc.nat(50), slow: fc.nat(50) });

/** What a bucket holds in the end, and how long after its end its data comes; null where it never does. */
const arrivals = fc.array(
	fc.record({
		canary: someCounts,
		stable: someCounts,
		lateMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { freq: 3 }),
	}),
	{ minLength: 1, maxLength: 30 },
);
type Arrivals = typeof arrivals extends fc.Arbitrary<infer T> ? T : never;

/** What a source answers at a moment: one entry for each complete bucket, filled where data has come. */
const answerAt = (world: Arrivals, nowEpochMs: number): Measurement[] =>
	world.flatMap(({ canary, stable, lateMs }, index) => {
		const startEpochMs = index * periodMs;
		const endEpochMs = startEpochMs + periodMs;
		if (nowEpochMs < endEpochMs) return [];
		const hasCome = lateMs !== null && nowEpochMs >= endEpochMs + lateMs;
		return [{ startEpochMs, canary: hasCome ? canary : null, stable: hasCome ? stable : null }];
	});

const looks = fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 40 }).map((at) => at.sort((a, b) => a - b));
const afterAll = 1_000_000;
const fresh = freshEvidence(0, 0, 10);

describe("gather, over and over", () => {
	it("given any cut of the same measurements into overlapping, repeated answers, gives the same evidence", () => {
		const cuts = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 20 });
		fc.assert(
			fc.property(arrivals, cuts, (world, ranges) => {
				const all = answerAt(world, afterAll);
				const gatherPart = (seen: Evidence, part: readonly Measurement[]) => gather(seen, part, afterAll, rules);

				const inParts = ranges.reduce(
					(seen, [begin, length]) => gatherPart(seen, all.slice(begin, begin + length)),
					fresh,
				);
				const whole = gatherPart(inParts, all);

				expect(whole).toStrictEqual(gatherPart(fresh, all));
			}),
			seeded,
		);
	});

	it("given any two looks at the same moment, the second one changes nothing", () => {
		fc.assert(
			fc.property(arrivals, fc.nat(400_000), (world, now) => {
				const once = gather(fresh, answerAt(world, now), now, rules);

				expect(gather(once, answerAt(world, now), now, rules)).toStrictEqual(once);
			}),
			seeded,
		);
	});

	it("given looks at any moments, the watermark never moves backwards and counts each bucket before it once", () => {
		fc.assert(
			fc.property(arrivals, looks, (world, moments) => {
				let seen = fresh;
				for (const now of moments) {
					const next = gather(seen, answerAt(world, now), now, rules);

					expect(next.watermarkEpochMs).toBeGreaterThanOrEqual(seen.watermarkEpochMs);
					expect(next.settledBuckets * periodMs).toBe(next.watermarkEpochMs);
					expect(next.missingBuckets).toBeLessThanOrEqual(next.settledBuckets);
					expect(next.missingBuckets).toBeGreaterThanOrEqual(seen.missingBuckets);
					const starts = next.recent.map(({ startEpochMs }) => startEpochMs);
					expect(starts).toStrictEqual([...new Set(starts)].sort((a, b) => a - b));
					expect(starts.length).toBeLessThanOrEqual(6);
					seen = next;
				}
			}),
			seeded,
		);
	});

	it("given data that comes within the lateness, is never missed, however often one looks before it has come", () => {
		const punctual = arrivals.map((world) =>
			world.map((entry) => ({ ...entry, lateMs: (entry.lateMs ?? 0) % 30_000 })),
		);
		fc.assert(
			fc.property(punctual, looks, (world, moments) => {
				const seen = moments.reduce((before, now) => gather(before, answerAt(world, now), now, rules), fresh);
				const end = gather(seen, answerAt(world, afterAll), afterAll, rules);

				expect(end.missingBuckets).toBe(0);
				expect(end).toStrictEqual(gather(fresh, answerAt(world, afterAll), afterAll, rules));
			}),
			seeded,
		);
	});

	it("given data that never comes, is missed exactly once for each bucket", () => {
		const silent = arrivals.map((world) => world.map((entry) => ({ ...entry, lateMs: null })));
		fc.assert(
			fc.property(silent, looks, (world, moments) => {
				const seen = moments.reduce((before, now) => gather(before, answerAt(world, now), now, rules), fresh);
				const end = gather(seen, answerAt(world, afterAll), afterAll, rules);

				expect(end).toMatchObject({ settledBuckets: world.length, missingBuckets: world.length });
			}),
			seeded,
		);
	});
});
