import { parseArgs } from "node:util";
import { InvalidFaultError } from "../simulator/faults/enumeration.ts";
import { InvalidScenarioError } from "../simulator/scenarios/all-scenarios.ts";
import { bench } from "./commands/bench.ts";
import { enumerateFaults } from "./commands/enumerate-faults.ts";
import { rehearse } from "./commands/rehearse.ts";
import { schema } from "./commands/schema.ts";
import { listScenarios, simulate } from "./commands/simulate.ts";
import { validate } from "./commands/validate.ts";
import { InvalidEnvironmentFileError } from "./environment-file.ts";
import { parseSeeds } from "./seeds.ts";
import { UsageError } from "./usage-error.ts";

const usage = `Usage:
  npm start                                  rehearse all scenarios
  npm run simulate -- NAME [--seed N]        run one scenario
  npm run simulate -- NAME --seeds A..B      run it with many seeds
  npm run simulate -- NAME --enumerate-faults  run it once for each single fault that is possible
  npm run simulate -- NAME --fault "FAULT"   run it with one of those faults
  npm run simulate -- --list                 list the scenarios
  npm run bench [-- NAME]                    rollback, simulator
  npm run validate                           check every config/<environment>.yaml
  npm run schema                             write config/sluice.schema.json
Flags: --json prints one JSON document and nothing else (simulate, bench).`;

const options = {
	json: { type: "boolean", default: false },
	list: { type: "boolean", default: false },
	write: { type: "boolean", default: false },
	help: { type: "boolean", default: false },
	seed: { type: "string" },
	seeds: { type: "string" },
	"enumerate-faults": { type: "boolean", default: false },
	fault: { type: "string" },
} as const;

/** Flags that each command understands; another one is a mistake, not a wish to be ignored. */
const flagsOf: Readonly<Record<string, readonly (keyof typeof options)[]>> = {
	rehearse: ["seed"],
	simulate: ["json", "list", "seed", "seeds", "enumerate-faults", "fault"],
	bench: ["json"],
	schema: ["write"],
	validate: [],
};

const readArguments = () => {
	try {
		return parseArgs({ args: process.argv.slice(2), options, allowPositionals: true, strict: true });
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
};

const run = async (): Promise<number> => {
	const { values, positionals } = readArguments();
	const [command = "", name, ...rest] = positionals;
	if (values.help || command === "help") {
		process.stdout.write(`${usage}\n`);
		return 0;
	}
	const flags = flagsOf[command];
	if (flags === undefined)
		throw new UsageError(`Command "${command}" is not known; allowed are ${Object.keys(flagsOf).join(", ")}.`);
	const given = (Object.keys(options) as (keyof typeof options)[]).filter(
		(flag) => values[flag] !== undefined && values[flag] !== false,
	);
	const strange = given.find((flag) => !flags.includes(flag));
	if (strange !== undefined)
		throw new UsageError(
			`Flag --${strange} means nothing to ${command}; allowed are ${flags.map((flag) => `--${flag}`).join(", ") || "none"}.`,
		);
	const takesName = command === "simulate" || command === "bench";
	const extra = takesName ? rest[0] : name;
	if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many for ${command}.`);

	const seeds = parseSeeds(values.seed, values.seeds);
	switch (command) {
		case "rehearse":
			return rehearse(seeds[0]);
		case "simulate":
			if (values.list) return listScenarios();
			if (name === undefined) throw new UsageError("simulate needs the name of a scenario; --list names them.");
			if (values["enumerate-faults"]) return enumerateFaults(name, seeds[0], values.json);
			return simulate(name, { isJson: values.json, seeds, fault: values.fault ?? null });
		case "bench":
			return bench(name, values.json);
		case "validate":
			return validate();
		default:
			return schema(values.write);
	}
};

try {
	process.exitCode = await run();
} catch (error) {
	const isUsage =
		error instanceof UsageError ||
		error instanceof InvalidScenarioError ||
		error instanceof InvalidFaultError ||
		error instanceof InvalidEnvironmentFileError;
	if (!isUsage) throw error;
	process.stderr.write(`${error.message}\n${error instanceof UsageError ? `${usage}\n` : ""}`);
	process.exitCode = 2;
}
