import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Random, randomOf } from "../../../simulator/kernel/random.ts";

const draws = 20_000;

const drawn = <T>(draw: () => T, count = draws): T[] => Array.from({ length: count }, draw);

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const varianceOf = (values: readonly number[]): number => {
	const mean = meanOf(values);
	return meanOf(values.map((value) => (value - mean) ** 2));
};

const correlationOf = (a: readonly number[], b: readonly number[]): number => {
	const [meanA, meanB] = [meanOf(a), meanOf(b)];
	const covariance = meanOf(a.map((value, index) => (value - meanA) * ((b[index] ?? 0) - meanB)));
	return covariance / Math.sqrt(varianceOf(a) * varianceOf(b));
};

/** Four standard errors of a mean: a right generator is outside about once in 16,000 seeds, and these are fixed. */
const toleranceOf = (variance: number): number => 4 * Math.sqrt(variance / draws);

const seeds = [1, 2, 3];

const modulus = 2n ** 32n;

const rotatedLeft = (word: bigint, bits: bigint): bigint => ((word << bits) | (word >> (32n - bits))) % modulus;

/** xoshiro128** 1.1 in arithmetic without bounds: written apart from the generator, so that a slip shows in one only. */
function* referenceWords(state: readonly bigint[]): Generator<bigint, never> {
	let [a = 0n, b = 0n, c = 0n, d = 0n] = state;
	for (;;) {
		yield (rotatedLeft((b * 5n) % modulus, 7n) * 9n) % modulus;
		[a, b, c, d] = [a ^ b ^ d, a ^ b ^ c, a ^ c ^ ((b << 9n) % modulus), rotatedLeft(b ^ d, 11n)];
	}
}

const take = (words: Generator<bigint, never>, count: number): bigint[] => drawn(() => words.next().value, count);

/** The state of the stream at the end of this path: SHA-256, link by link, and the first 128 bits of the last. */
const referenceState = (seed: number, ...names: string[]): bigint[] => {
	const digest = (...parts: (string | Buffer)[]) => parts.reduce((sha, part) => sha.update(part), createHash("sha256"));
	const key = names.reduce((parent, name) => digest(parent, name).digest(), digest(String(seed)).digest());
	return [0, 4, 8, 12].map((at) => BigInt(key.readUInt32LE(at)));
};

describe("chance", () => {
	it("given the same seed, draws the same numbers, whatever is drawn", () => {
		const all = (random: Random) =>
			drawn(random.unit, 20).concat(
				drawn(random.normal, 20),
				drawn(() => random.poisson(3), 20),
				drawn(() => random.binomial(100, 0.3), 20),
				drawn(() => random.between(5, 9), 20),
			);

		expect(all(randomOf(42))).toEqual(all(randomOf(42)));
		expect(all(randomOf(42))).not.toEqual(all(randomOf(43)));
	});

	it("given streams of the same name, draws the same; of another name, or of another seed, something else", () => {
		const first = (random: Random) => drawn(random.unit, 8);

		expect(first(randomOf(1).stream("a"))).toEqual(first(randomOf(1).stream("a")));
		expect(first(randomOf(1).stream("a"))).not.toEqual(first(randomOf(1).stream("b")));
		expect(first(randomOf(1).stream("a"))).not.toEqual(first(randomOf(2).stream("a")));
		expect(first(randomOf(1).stream("a").stream("b"))).not.toEqual(first(randomOf(1).stream("b").stream("a")));
	});

	it("given draws in one stream, another stream does not move, nor does its parent", () => {
		const [quiet, busy] = [randomOf(7), randomOf(7)];
		drawn(busy.stream("noise").unit, 1_000);

		expect(drawn(busy.stream("signal").unit, 8)).toEqual(drawn(quiet.stream("signal").unit, 8));
		expect(drawn(busy.unit, 8)).toEqual(drawn(quiet.unit, 8));
	});

	// First words of the authors' C program from this state, as the crate rand_xoshiro publishes them.
	it("given the state 1, 2, 3, 4, the reference of this test draws what xoshiro128** is published to draw", () => {
		const published = [
			11520n,
			0n,
			5927040n,
			70819200n,
			2031721883n,
			1637235492n,
			1287239034n,
			3734860849n,
			3729100597n,
			4258142804n,
		];

		expect(take(referenceWords([1n, 2n, 3n, 4n]), 10)).toEqual(published);
	});

	it.each([
		[0, []],
		[1, []],
		[2 ** 31 - 1, []],
		[0.5, []],
		[1, ["world"]],
		[1, ["world", "cluster"]],
		[7, ["world", "traffic", "requests shop"]],
	])("given seed %s and path %j, draws xoshiro128** from the SHA-256 of both, 53 bits a unit", (seed, path) => {
		const words = take(referenceWords(referenceState(seed, ...path)), 2_000);

		const units = drawn(path.reduce((random: Random, name) => random.stream(name), randomOf(seed)).unit, 1_000);

		const expected = drawn(() => 0, 1_000).map((_, index) => {
			const [high = 0n, low = 0n] = words.slice(2 * index);
			return Number((high >> 5n) * 2n ** 26n + (low >> 6n)) / 2 ** 53;
		});
		expect(units).toEqual(expected);
	});

	it("given paths that read alike when joined, draws different streams", () => {
		const root = randomOf(1);
		const alike = [root.stream("ab"), root.stream("a").stream("b"), root.stream("a").stream("b").stream("")];

		const firsts = [...alike, root, root.stream(""), randomOf(11), randomOf(1).stream("1")].map((one) => one.unit());

		expect(new Set(firsts).size).toBe(firsts.length);
	});

	// Of 200,000 states of 32 bits about five pairs would be the same; of 128 bits none, and 53 bits show it.
	it("given 200 seeds of 1,000 streams each, no two streams begin alike", () => {
		const campaign = Array.from({ length: 200 }, (_, index) => randomOf(index + 1));

		const firsts = campaign.flatMap((random) =>
			Array.from({ length: 1_000 }, (_, index) => random.stream(`pod ${index}`).unit()),
		);

		expect(new Set(firsts).size).toBe(200_000);
	});

	it.each([[[]], [["world"]], [["world", "cluster"]]])(
		"given seeds 1 to 200 and path %j, first draws are spread evenly and not correlated from seed to seed",
		(path) => {
			const run = Array.from({ length: 200 }, (_, index) => index + 1);

			const firsts = run.map((seed) =>
				path.reduce((random: Random, name) => random.stream(name), randomOf(seed)).unit(),
			);

			// Three standard errors each; a variance of units has a standard error of 1 / sqrt(180 n).
			expect(Math.abs(meanOf(firsts) - 1 / 2)).toBeLessThan(3 * Math.sqrt(1 / 12 / 200));
			expect(Math.abs(varianceOf(firsts) - 1 / 12)).toBeLessThan(3 * Math.sqrt(1 / 180 / 200));
			expect(Math.abs(correlationOf(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(3 / Math.sqrt(199));
			expect(Math.abs(correlationOf(firsts, run))).toBeLessThan(3 / Math.sqrt(200));
		},
	);

	it.each(seeds)("given seed %s, streams of similar names are not correlated", (seed) => {
		const [a, b] = ["pod 1", "pod 2"].map((name) => drawn(randomOf(seed).stream(name).unit));

		expect(Math.abs(correlationOf(a ?? [], b ?? []))).toBeLessThan(4 / Math.sqrt(draws));
	});

	it.each(seeds)("given seed %s, units are spread evenly over [0, 1)", (seed) => {
		const values = drawn(randomOf(seed).unit);

		expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...values)).toBeLessThan(1);
		expect(Math.abs(meanOf(values) - 0.5)).toBeLessThan(toleranceOf(1 / 12));
		expect(varianceOf(values)).toBeCloseTo(1 / 12, 2);
	});

	it.each(seeds)("given seed %s, normals have mean 0 and variance 1", (seed) => {
		const values = drawn(randomOf(seed).normal);

		expect(Math.abs(meanOf(values))).toBeLessThan(toleranceOf(1));
		expect(Math.abs(varianceOf(values) - 1)).toBeLessThan(0.05);
	});

	// On both sides of 30, where the way of drawing changes.
	it.each([0.02, 1, 12, 29, 31, 400])("given a Poisson process of mean %s, mean and variance are that", (mean) => {
		const random = randomOf(5);
		const values = drawn(() => random.poisson(mean));

		expect(Math.abs(meanOf(values) - mean)).toBeLessThan(toleranceOf(mean));
		expect(Math.abs(varianceOf(values) / mean - 1)).toBeLessThan(0.1);
		expect(values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
	});

	it.each([
		[10, 0.5],
		[1_000, 0.001],
		[1_000, 0.02],
		[1_000, 0.05],
		[1_000, 0.97],
		[50, 0.999],
	])("given %s trials with chance %s, mean and variance are binomial", (trials, chance) => {
		const random = randomOf(6);
		const values = drawn(() => random.binomial(trials, chance));

		const variance = trials * chance * (1 - chance);
		expect(Math.abs(meanOf(values) - trials * chance)).toBeLessThan(toleranceOf(variance));
		expect(Math.abs(varianceOf(values) / variance - 1)).toBeLessThan(0.1);
		expect(values.every((value) => Number.isInteger(value) && value >= 0 && value <= trials)).toBe(true);
	});

	it.each([
		[0, 0.5, 0],
		[-3, 0.5, 0],
		[10, 0, 0],
		[10, -1, 0],
		[10, 1, 10],
		[10, 2, 10],
		// Smaller than the distance between 1 and the number below it: a logarithm of 1 - chance would be 0.
		[1_000_000, 1e-17, 0],
		[1_000_000, 5e-324, 0],
	])("given %s trials with chance %s, draws %s", (trials, chance, expected) => {
		expect(randomOf(1).binomial(trials, chance)).toBe(expected);
	});

	it.each([0, -1])("given a Poisson process of mean %s, draws 0", (mean) => {
		expect(randomOf(1).poisson(mean)).toBe(0);
	});
});
