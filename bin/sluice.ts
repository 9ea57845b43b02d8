import { readLine } from "./command-line.ts";
import { commands } from "./command-table.ts";
import { UsageError } from "./usage-error.ts";

const usage = (): string => {
	const heads = Object.entries(commands).map(([name, { words }]) => [name, ...words].join(" "));
	const width = Math.max(...heads.map((head) => head.length));
	return [
		"Usage: npm run sluice -- COMMAND",
		...Object.values(commands).map(({ does }, index) => `  ${(heads[index] ?? "").padEnd(width)}  ${does}`),
		"Where:  --environment NAME asks the Sluice that config/NAME.yaml describes (production unless said otherwise);",
		"        --in SCENARIO --at SECONDS [--seed N] [--by NAME] asks the simulator at that moment of a story instead.",
		"Output: --json prints one JSON document and nothing else. Exit code 1: refused or failed, 2: asked wrongly.",
	].join("\n");
};

const run = async (): Promise<number> => {
	const read = readLine(process.argv.slice(2), commands);
	if (read !== null) return read.command.run(read.line);
	process.stdout.write(`${usage()}\n`);
	return 0;
};

/** Mistakes of whoever types; everything else is Sluice's and shows its stack. */
const mistakes = [
	"UsageError",
	"InvalidScenarioError",
	"InvalidFaultError",
	"InvalidEnvironmentFileError",
	"UnknownServiceError",
	"NotEnrolledError",
];

/** What AWS refused or did not answer, and a fake of it in a story, is said in a sentence as well: its stack would hide it. */
const isOfAws = (name: string): boolean =>
	name === "AwsTroubleError" || name.endsWith("UnavailableError") || name === "InvalidAwsCallError";

try {
	process.exitCode = await run();
} catch (error) {
	if (!(error instanceof Error) || !(mistakes.includes(error.name) || isOfAws(error.name))) throw error;
	process.stderr.write(`${error.message}\n${error instanceof UsageError ? `${usage()}\n` : ""}`);
	process.exitCode = isOfAws(error.name) ? 1 : 2;
}
