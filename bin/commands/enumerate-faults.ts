import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { paletteOf } from "../../simulator/report/palette.ts";
import { knownScenarios, scenarioOf } from "../../simulator/scenarios/all-scenarios.ts";
import type { FaultReport, FaultShare } from "../fault-worker.ts";
import { UsageError } from "../usage-error.ts";

const print = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join("\n")}\n`);

/** Two are enough for every laptop and what CI has; more only fight for its cores. */
const mostWorkers = 2;

const runShare = (share: FaultShare, onReport: (report: FaultReport) => void): Promise<void> =>
	new Promise((resolve, reject) => {
		const worker = new Worker(new URL("../fault-worker.ts", import.meta.url), { workerData: share });
		worker.on("message", onReport);
		worker.on("error", reject);
		worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`A worker ended with code ${code}.`))));
	});

/** Counts runs and broken ones by kind, in the order in which kinds were met. */
const byKind = (reports: readonly FaultReport[]): ReadonlyMap<string, { runs: number; broken: number }> => {
	const counts = new Map<string, { runs: number; broken: number }>();
	for (const { kind, broken } of reports) {
		const count = counts.get(kind) ?? { runs: 0, broken: 0 };
		counts.set(kind, { runs: count.runs + 1, broken: count.broken + (broken.length > 0 ? 1 : 0) });
	}
	return counts;
};

/**
 * Replays a scenario once for each place where something can go wrong and each way in which it can.
 * @returns the exit code; 0 only if every promise held in every run. @throws InvalidScenarioError, UsageError
 */
export const enumerateFaults = async (name: string, seed: number, isJson: boolean): Promise<number> => {
	if (scenarioOf(name).fault !== undefined) {
		const others = knownScenarios.filter(({ fault }) => fault === undefined).map((scenario) => scenario.name);
		throw new UsageError(`${name} has a fault of its own; allowed are ${others.join(", ")}.`);
	}
	const of = Math.min(mostWorkers, availableParallelism());
	const reports: FaultReport[] = [];
	const isLive = process.stderr.isTTY === true && !isJson;
	const onReport = (report: FaultReport): void => {
		reports.push(report);
		if (isLive && reports.length % 20 === 0) process.stderr.write(`\r${reports.length} runs`);
	};
	await Promise.all(Array.from({ length: of }, (_, part) => runShare({ scenario: name, seed, part, of }, onReport)));
	if (isLive) process.stderr.write("\r");
	const broken = reports.filter((report) => report.broken.length > 0).sort((a, b) => (a.fault < b.fault ? -1 : 1));
	const kinds = [...byKind(reports)].sort(([a], [b]) => (a < b ? -1 : 1));
	if (isJson)
		print(
			JSON.stringify({
				scenario: name,
				seed,
				runs: reports.length,
				ok: broken.length === 0,
				kinds: Object.fromEntries(kinds),
				broken,
			}),
		);
	else printFindings(name, seed, reports.length, kinds, broken);
	return broken.length === 0 ? 0 : 1;
};

const printFindings = (
	name: string,
	seed: number,
	runs: number,
	kinds: readonly (readonly [string, { readonly runs: number; readonly broken: number }])[],
	broken: readonly FaultReport[],
): void => {
	const palette = paletteOf(process.stdout.isTTY === true);
	const width = Math.max(...kinds.map(([kind]) => kind.length));
	for (const [kind, count] of kinds) {
		const fate = count.broken === 0 ? "" : palette.bad(`  ${count.broken} broke a promise`);
		print(`${kind.padEnd(width)}  ${String(count.runs).padStart(5)} runs${fate}`);
	}
	for (const { fault, broken: sentences } of broken) {
		for (const sentence of sentences)
			print(
				`${palette.bad("broken")} ${sentence}  replay: npm run simulate -- ${name} --seed ${seed} --fault "${fault}"`,
			);
	}
	print(
		broken.length === 0
			? palette.good(`${name}: all promises held, ${runs} runs.`)
			: palette.bad(`${name}: promises were broken in ${broken.length} of ${runs} runs.`),
	);
};
