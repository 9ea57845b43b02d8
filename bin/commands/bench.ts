import { benchmarkRollback } from "../../simulator/benchmarks/rollback-benchmark.ts";
import { benchmarkSimulator, quickRollout } from "../../simulator/benchmarks/simulator-benchmark.ts";
import type { Line } from "../command-line.ts";
import { prepareRehearsal } from "../rehearsal.ts";
import { UsageError } from "../usage-error.ts";

const benchmarks: Readonly<Record<string, () => Promise<object>>> = {
	rollback: async () => benchmarkRollback(await prepareRehearsal()),
	simulator: async () => benchmarkSimulator(await prepareRehearsal({ adjust: quickRollout })),
};

/** Runs one benchmark, or all. Figures are measured, never promised. @returns the exit code. @throws UsageError */
export const bench = async ({ words, flags }: Line): Promise<number> => {
	const [name] = words;
	const { json: isJson } = flags;
	const names = name === undefined ? Object.keys(benchmarks) : [name];
	const figures: Record<string, object> = {};
	for (const each of names) {
		const run = benchmarks[each];
		if (run === undefined)
			throw new UsageError(`Benchmark "${each}" is not known; allowed are ${Object.keys(benchmarks).join(", ")}.`);
		figures[each] = await run();
		if (!isJson) process.stdout.write(`${each}\n${lines(figures[each])}\n`);
	}
	if (isJson) process.stdout.write(`${JSON.stringify(name === undefined ? figures : figures[name])}\n`);
	return 0;
};

const lines = (figures: object): string =>
	Object.entries(figures)
		.map(([key, value]) => `  ${key}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
		.join("\n");
