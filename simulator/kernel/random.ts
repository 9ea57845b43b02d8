import { createHash } from "node:crypto";

/** A seeded source of chance. Streams are named, so that a draw in one never moves another. */
export interface Random {
	/** Uniform in [0, 1). */
	unit(): number;
	/** Uniform in [from, to). */
	between(from: number, to: number): number;
	/** Standard normal. */
	normal(): number;
	/** Number of events of a Poisson process with this mean; 0 or more. */
	poisson(mean: number): number;
	/** Successes in `trials` draws with this chance. */
	binomial(trials: number, chance: number): number;
	/** An independent stream; the same name gives the same stream. */
	stream(name: string): Random;
}

/**
 * SHA-256 of the parent's key and the name, so a key stands for the whole path from the seed. Names of one path
 * cannot run into another's: a parent's key is always 32 bytes, and a seed has none before it.
 */
const keyOf = (name: string, parent: Buffer = Buffer.alloc(0)): Buffer =>
	createHash("sha256").update(parent).update(name).digest();

/**
 * xoshiro128** 1.1 (David Blackman and Sebastiano Vigna, "Scrambled linear pseudorandom number generators", 2021):
 * 32 bits a call from 128 bits of state, with a period of 2^128 - 1 that is proven, not likely as that of sfc32.
 * The state stays in signed 32-bit integers, which the engine need not box.
 */
const wordsOf = (key: Buffer): (() => number) => {
	let [s0, s1, s2, s3] = [key.readInt32LE(0), key.readInt32LE(4), key.readInt32LE(8), key.readInt32LE(12)];
	return () => {
		const product = Math.imul(s1, 5);
		const word = Math.imul((product << 7) | (product >>> 25), 9);
		const shifted = s1 << 9;
		s2 ^= s0;
		s3 ^= s1;
		s1 ^= s2;
		s0 ^= s3;
		s2 ^= shifted;
		s3 = (s3 << 11) | (s3 >>> 21);
		return word;
	};
};

/** Below this mean, counting draws one by one is exact and fast enough; above it the normal limit is close. */
const exactUpTo = 30;

const fromKey = (key: Buffer): Random => {
	const word = wordsOf(key);
	// 27 and 26 bits of two words: all the 53 bits of a fraction, because a logarithm of 32 has too short a tail.
	const unit = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
	const normal = (): number => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
	const poisson = (mean: number): number => {
		if (mean <= 0) return 0;
		if (mean > exactUpTo) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
		const limit = Math.exp(-mean);
		let count = 0;
		for (let product = unit(); product > limit; product *= unit()) count++;
		return count;
	};
	const binomial = (trials: number, chance: number): number => {
		if (trials <= 0 || chance <= 0) return 0;
		if (chance >= 1) return trials;
		if (chance > 0.5) return trials - binomial(trials, 1 - chance);
		const mean = trials * chance;
		if (mean > exactUpTo) {
			const drawn = Math.round(mean + Math.sqrt(mean * (1 - chance)) * normal());
			return Math.min(trials, Math.max(0, drawn));
		}
		// Geometric skips: as many draws as successes, however many trials there are.
		// log1p, because 1 - chance is 1 for the smallest chances.
		const scale = Math.log1p(-chance);
		let count = 0;
		for (
			let at = Math.floor(Math.log(1 - unit()) / scale);
			at < trials;
			at += 1 + Math.floor(Math.log(1 - unit()) / scale)
		)
			count++;
		return count;
	};
	return {
		unit,
		between: (from, to) => from + (to - from) * unit(),
		normal,
		poisson,
		binomial,
		stream: (name) => fromKey(keyOf(name, key)),
	};
};

/**
 * Chance from a seed: xoshiro128** (Blackman and Vigna), each stream from the SHA-256 of its seed and path.
 * 128 bits of state each, so that streams neither meet nor overlap, however many seeds and names a campaign draws.
 */
export const randomOf = (seed: number): Random => fromKey(keyOf(String(seed)));
