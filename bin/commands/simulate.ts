import { runAsTold } from "../../simulator/faults/enumeration.ts";
import { paletteOf } from "../../simulator/report/palette.ts";
import { summaryLines } from "../../simulator/report/summary.ts";
import { knownScenarios, scenarioOf } from "../../simulator/scenarios/all-scenarios.ts";
import type { RunOptions } from "../../simulator/scenarios/run-scenario.ts";
import { endingOf, type Scenario } from "../../simulator/scenarios/scenario.ts";
import type { Prepared } from "../../simulator/system/prepare.ts";
import type { Line } from "../command-line.ts";
import { liveTimeline } from "../live-timeline.ts";
import { prepareRehearsal } from "../rehearsal.ts";
import { parseSeeds } from "../seeds.ts";
import { UsageError } from "../usage-error.ts";
import { enumerateFaults } from "./enumerate-faults.ts";

interface SimulateOptions {
	readonly isJson: boolean;
	/** First and last seed, inclusive. */
	readonly seeds: readonly [number, number];
	/** Name of a fault that befalls the run, as the enumeration prints it; null for none. */
	readonly fault: string | null;
}

const print = (...lines: readonly string[]): void => void process.stdout.write(`${lines.join("\n")}\n`);

/** Prints what can be simulated. @returns the exit code. */
const listScenarios = (): number => {
	const width = Math.max(...knownScenarios.map(({ name }) => name.length));
	const endingWidth = Math.max(...knownScenarios.map((scenario) => endingOf(scenario).length));
	print(
		...knownScenarios.map(
			(scenario) => `${scenario.name.padEnd(width)}  ${endingOf(scenario).padEnd(endingWidth)}  ${scenario.story}`,
		),
	);
	return 0;
};

/** Runs one scenario, with one seed or with many. @returns the exit code; 0 only if all that was promised held. @throws InvalidScenarioError, InvalidFaultError, UsageError */
export const simulate = async ({ words: [name], flags }: Line): Promise<number> => {
	if (flags.list) return listScenarios();
	if (name === undefined) throw new UsageError("simulate needs the name of a scenario; --list names them.");
	const options = { isJson: flags.json, seeds: parseSeeds(flags.seed, flags.seeds), fault: flags.fault ?? null };
	if (flags["enumerate-faults"]) return enumerateFaults(name, options.seeds[0], flags.json);
	const scenario = scenarioOf(name);
	const [first, last] = options.seeds;
	if (first === last) return simulateOnce(scenario, first, options);
	if (options.fault !== null) throw new UsageError("--fault needs one seed, because places differ from seed to seed.");
	return simulateMany(scenario, options);
};

/** Runs a story as it is told, or with the fault that was asked for instead. */
const runStory = (
	prepared: Prepared,
	scenario: Scenario,
	seed: number,
	fault: string | null,
	options: Listening = {},
) => runAsTold(prepared, fault === null ? scenario : { ...scenario, fault }, seed, options);

type Listening = Pick<RunOptions, "onEntry">;

const simulateOnce = async (scenario: Scenario, seed: number, options: SimulateOptions): Promise<number> => {
	const { isJson, fault } = options;
	const prepared = await prepareRehearsal(scenario);
	const run = (listening: Listening = {}) => runStory(prepared, scenario, seed, fault, listening);
	if (isJson) {
		const result = await run();
		print(JSON.stringify(result));
		return result.ok ? 0 : 1;
	}
	const palette = paletteOf(process.stdout.isTTY === true);
	print(`${palette.strong(scenario.name)}  ${scenario.story}`);
	const timeline = liveTimeline(process.stdout, palette);
	const result = await run({ onEntry: timeline.show });
	timeline.end();
	print("", ...summaryLines([result], palette, fault === null ? [] : [`--fault "${fault}"`]));
	return result.ok ? 0 : 1;
};

const simulateMany = async (scenario: Scenario, { isJson, seeds: [first, last] }: SimulateOptions): Promise<number> => {
	const prepared = await prepareRehearsal(scenario);
	const failed: { readonly seed: number; readonly broken: readonly string[] }[] = [];
	for (let seed = first; seed <= last; seed++) {
		const { ok, broken } = await runAsTold(prepared, scenario, seed);
		if (!ok) failed.push({ seed, broken });
	}
	const runs = last - first + 1;
	if (isJson)
		print(
			JSON.stringify({ scenario: scenario.name, expected: scenario.expected, runs, ok: failed.length === 0, failed }),
		);
	else {
		print(
			`${scenario.name}: ${runs - failed.length} of ${runs} seeds ended ${endingOf(scenario)}, with every promise held.`,
		);
		for (const { seed, broken } of failed)
			print(`  seed ${seed}: ${broken.join(" ")}`, `  replay: npm run simulate -- ${scenario.name} --seed ${seed}`);
	}
	return failed.length === 0 ? 0 : 1;
};
