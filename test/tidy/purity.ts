import type { Rule, SourceFile } from "./source-file.ts";

interface Ban {
	readonly in: RegExp;
	readonly except?: RegExp;
	readonly never: RegExp;
	readonly what: string;
}

/** Whatever is run on the simulator's time: there it must be the port's clock and a seeded stream, or a run cannot be replayed. */
const replayed = /^(lib\/domain|lib\/ports|simulator)\/|^functions\/(?![^/]+\/index\.ts$)/;
/** A benchmark is about the wall clock; nothing replays it. */
const isBenchmark = /^simulator\/benchmarks\//;

const bans: readonly Ban[] = [
	{ in: /^lib\/domain\//, never: /\bDate\b/, what: "Date: time is an argument" },
	{
		in: replayed,
		except: isBenchmark,
		never: /\bnew Date\(\s*\)|\bDate\.now\b|\bperformance\.now\b|\bhrtime\b/,
		what: "the wall clock: ask the port Clock, or the kernel",
	},
	{
		in: replayed,
		never: /\bMath\.random\b|\brandom(UUID|Bytes|Int|Fill|FillSync)\b|\bgetRandomValues\b|\bgenerate(Key|Prime)/,
		what: "chance without a seed",
	},
	// setImmediate stays: it lets promises settle and has no duration.
	{ in: replayed, never: /\bset(Timeout|Interval)\(|node:timers/, what: "a timer of the wall clock" },
	{
		in: /^(lib|simulator)\/|^functions\/(?![^/]+\/index\.ts$)/,
		never: /\bprocess\s*[.[]|node:process/,
		what: "process: only functions/*/index.ts and bin/ read it",
	},
	{ in: /^simulator\/(?!.*iso-time\.ts$)/, never: /\bnew Date\(/, what: "new Date outside iso-time.ts" },
	{ in: /^functions\/(?![^/]+\/index\.ts$)/, never: /\bnew \w*Client\(/, what: "a client: index.ts makes them" },
	{ in: /^lib\//, never: /\bnew \w+Client\(/, what: "a client: adapters are given theirs" },
];

/** No clock, no chance, no environment and no clients where decisions are made or replayed. */
export const purity: Rule = ({ path, code }: SourceFile) => {
	const lines = code.split("\n");
	return bans
		.filter((ban) => ban.in.test(path) && ban.except?.test(path) !== true)
		.flatMap(({ never, what }) =>
			lines.flatMap((line, index) => (never.test(line) ? [`line ${index + 1} uses ${what}`] : [])),
		);
};

/** Composition roots read the environment, and nothing else of the process. */
export const onlyEnvironment: Rule = ({ path, code }) =>
	/^functions\/[^/]+\/index\.ts$/.test(path)
		? [...code.matchAll(/\bprocess\.(\w+)/g)]
				.filter(([, property]) => property !== "env")
				.map(([used]) => `uses ${used}; allowed is process.env`)
		: [];
