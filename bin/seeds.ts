import { UsageError } from "./usage-error.ts";

const maxSeed = 2 ** 31 - 1;

const readSeed = (text: string): number => {
	const seed = Number(text);
	if (/^\d+$/.test(text) && seed <= maxSeed) return seed;
	throw new UsageError(`Seed "${text}" is not valid; allowed is a whole number from 0 to ${maxSeed}.`);
};

/** First and last seed of `--seed N` or `--seeds A..B`; seed 1 where neither is given. @throws UsageError */
export const parseSeeds = (seed: string | undefined, seeds: string | undefined): readonly [number, number] => {
	if (seed !== undefined && seeds !== undefined) throw new UsageError("--seed and --seeds cannot go together.");
	if (seeds === undefined) {
		const only = readSeed(seed ?? "1");
		return [only, only];
	}
	const [from = "", to = "", ...rest] = seeds.split("..");
	const range = [readSeed(from), readSeed(to)] as const;
	if (rest.length > 0 || range[0] > range[1])
		throw new UsageError(`Seeds "${seeds}" are not valid; allowed is A..B with A not above B.`);
	return range;
};
