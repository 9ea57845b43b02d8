import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differenceChanceRatio, excessChanceRatio, type Share } from "../../lib/domain/chance.ts";

const share = (bad: number, requests: number): Share => ({ bad, requests });

const choose = (from: number, some: number): bigint => {
	if (some < 0 || some > from) return 0n;
	let ways = 1n;
	for (let index = 1; index <= some; index++) ways = (ways * BigInt(from - some + index)) / BigInt(index);
	return ways;
};

/** The same by counting every way in which the bad requests could have fallen: exact, and slow. */
const counted = (canary: Share, stable: Share): number => {
	const allBad = canary.bad + stable.bad;
	let tail = 0n;
	for (let bad = canary.bad; bad <= allBad; bad++)
		tail += choose(canary.requests, bad) * choose(stable.requests, allBad - bad);
	const digits = 10n ** 20n;
	return Number((tail * digits) / choose(canary.requests + stable.requests, allBad)) / Number(digits);
};

describe("differenceChanceRatio", () => {
	it.each([
		["five bad ones against none at equal weights", share(5, 200), share(0, 200), 0.0305],
		["seven against none at equal weights", share(7, 200), share(0, 200), 0.00741],
		["two against none at 5 %", share(2, 200), share(0, 3_800), 0.00249],
		["a burst of the canary at 5 %", share(16, 248), share(4, 5_396), 5e-19],
		["an incident of both slots", share(37, 1_563), share(88, 5_154), 0.0594],
		["Fisher's lady, who told all eight cups of tea", share(4, 4), share(0, 4), 1 / 70],
		["nothing bad at all", share(0, 200), share(0, 3_800), 1],
		["nothing asked at all", share(0, 0), share(0, 0), 1],
		["everything bad", share(10, 10), share(10, 10), 1],
		["a canary better than stable", share(0, 100), share(100, 100), 1],
	])("given %s, says how likely that is by chance", (_, canary, stable, expected) => {
		expect(differenceChanceRatio(canary, stable)).toBeCloseTo(expected, 4);
	});

	it("given any counts, agrees with counting all the ways", () => {
		const some = fc
			.tuple(fc.nat(120), fc.nat(100))
			.map(([requests, percent]) => share(Math.floor((requests * percent) / 100), requests));
		fc.assert(
			fc.property(some, some, (canary, stable) => {
				const exact = counted(canary, stable);

				expect(Math.abs(differenceChanceRatio(canary, stable) - exact)).toBeLessThanOrEqual(1e-12 + exact * 1e-12);
			}),
			{ seed: 5, numRuns: 500 },
		);
	});

	// Counted with whole numbers of any length, beforehand.
	it.each([
		[share(320, 30_000), share(5_400, 570_000), 0.021939957890645546],
		[share(50_900, 1_000_000), share(950_000, 19_000_000), 3.01935385723412e-5],
	])("given counts of a large service, agrees with what was counted beforehand", (canary, stable, expected) => {
		expect(differenceChanceRatio(canary, stable) / expected).toBeCloseTo(1, 6);
	});

	it("given a thousand million requests, answers in a moment", { timeout: 1_000 }, () => {
		expect(differenceChanceRatio(share(5e6, 5e8), share(5e6, 5e8))).toBeCloseTo(0.5, 3);
		expect(differenceChanceRatio(share(5.02e6, 5e8), share(4.98e6, 5e8))).toBeLessThan(1e-6);
	});

	it("given more bad requests than requests, or fractions, as metrics out of step have them, takes what there can be", () => {
		expect(differenceChanceRatio(share(9, 4), share(-3, 4))).toBe(differenceChanceRatio(share(4, 4), share(0, 4)));
		expect(differenceChanceRatio(share(3.6, 4.4), share(0.2, 4))).toBe(differenceChanceRatio(share(4, 4), share(0, 4)));
	});

	it("given one more bad request of the canary, is never likelier", () => {
		const some = fc.record({ requests: fc.integer({ min: 1, max: 5_000 }), percent: fc.nat(99) });
		fc.assert(
			fc.property(some, some, (canary, stable) => {
				const bad = Math.floor((canary.requests * canary.percent) / 100);
				const theirs = share(Math.floor((stable.requests * stable.percent) / 100), stable.requests);
				const before = differenceChanceRatio(share(bad, canary.requests), theirs);
				const after = differenceChanceRatio(share(bad + 1, canary.requests), theirs);

				expect(after).toBeLessThanOrEqual(before * (1 + 1e-12));
			}),
			{ seed: 6, numRuns: 500 },
		);
	});
});

/** The tail of the binomial distribution, added up in whole numbers: each request is bad in `percent` of a hundred cases. */
const countedExcess = ({ bad, requests }: Share, percent: number): number => {
	let tail = 0n;
	for (let some = bad; some <= requests; some++)
		tail += choose(requests, some) * BigInt(percent) ** BigInt(some) * BigInt(100 - percent) ** BigInt(requests - some);
	const digits = 10n ** 20n;
	return Number((tail * digits) / 100n ** BigInt(requests)) / Number(digits);
};

describe("excessChanceRatio", () => {
	it.each([
		["a healthy canary's unlucky minute", share(14, 257), 0.05, 0.41],
		["a bad canary's", share(10, 241), 0.02, 0.0245],
		["the fewest of 200 that are hardly chance at 5 %", share(16, 200), 0.05, 0.0444],
		["one fewer", share(15, 200), 0.05, 0.0781],
		["nothing that is good", share(200, 200), 0.05, 0],
		["nothing that is bad", share(0, 200), 0.05, 1],
		["nothing asked at all", share(0, 0), 0.05, 1],
		["one that is bad where none may be", share(1, 200), 0, 0],
		["all that are bad where all may be", share(3, 3), 1, 1],
		["twice what the limit allows, of very many", share(1e7, 1e8), 0.05, 0],
		["as much as the limit allows, of very many", share(5e6, 1e8), 0.05, 0.5],
	])("given %s, says how likely that is by chance", (_, seen, trueRatio, expected) => {
		expect(excessChanceRatio(seen, trueRatio)).toBeCloseTo(expected, 3);
	});

	it("given any counts, agrees with adding up all the ways", () => {
		const some = fc.tuple(fc.nat(150), fc.nat(100), fc.integer({ min: 1, max: 99 }));
		fc.assert(
			fc.property(some, ([requests, badPercent, percent]) => {
				const seen = share(Math.floor((requests * badPercent) / 100), requests);
				const exact = countedExcess(seen, percent);

				expect(Math.abs(excessChanceRatio(seen, percent / 100) - exact)).toBeLessThanOrEqual(1e-12 + exact * 1e-12);
			}),
			{ seed: 7, numRuns: 500 },
		);
	});
});
