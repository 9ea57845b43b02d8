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

/** FNV-1a: turns a name into the seed of its stream. */
const hashOf = (text: string, seed: number): number => {
	let hash = (0x811c9dc5 ^ seed) >>> 0;
	for (let index = 0; index < text.length; index++) {
		hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
	}
	return hash;
};

/** Below this mean, counting draws one by one is exact and fast enough; above it the normal limit is close. */
const exactUpTo = 30;

/** Chance from a 32-bit seed (mulberry32). */
export const randomOf = (seed: number): Random => {
	let state = seed >>> 0;
	const unit = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
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
		stream: (name) => randomOf(hashOf(name, seed)),
	};
};
