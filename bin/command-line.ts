import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

/** Every flag that any command understands. */
export const options = {
	json: { type: "boolean", default: false },
	list: { type: "boolean", default: false },
	write: { type: "boolean", default: false },
	help: { type: "boolean", default: false },
	override: { type: "boolean", default: false },
	"dry-run": { type: "boolean", default: false },
	dora: { type: "boolean", default: false },
	"enumerate-faults": { type: "boolean", default: false },
	seed: { type: "string" },
	seeds: { type: "string" },
	fault: { type: "string" },
	environment: { type: "string" },
	in: { type: "string" },
	at: { type: "string" },
	by: { type: "string" },
	days: { type: "string" },
	"from-priority": { type: "string" },
	id: { type: "string" },
	digest: { type: "string" },
	rollout: { type: "string" },
} as const;

export type Flag = keyof typeof options;

/** What stands behind a command, parsed; flags that are not given are false or undefined. */
export interface Line {
	readonly words: readonly string[];
	readonly flags: {
		readonly [F in Flag]: (typeof options)[F]["type"] extends "boolean" ? boolean : string | undefined;
	};
}

/** One command: which words and flags it takes, and what it does. */
export interface Command {
	/** Names of its words, for the usage; those in brackets may be left out. */
	readonly words: readonly string[];
	readonly flags: readonly Flag[];
	/** What it does, in a few words. */
	readonly does: string;
	/** @returns the exit code. */
	run(line: Line): Promise<number>;
}

const readArguments = (args: readonly string[]) => {
	try {
		return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
};

/** The command that is asked for, with its words and flags; null where help is. @throws UsageError */
export const readLine = (
	args: readonly string[],
	commands: Readonly<Record<string, Command>>,
): { readonly command: Command; readonly line: Line } | null => {
	const { values, positionals } = readArguments(args);
	const [name = "", ...words] = positionals;
	if (values.help || name === "help") return null;
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (command === undefined)
		throw new UsageError(`Command "${name}" is not known; allowed are ${Object.keys(commands).join(", ")}.`);
	const given = (Object.keys(options) as Flag[]).filter((flag) => values[flag] !== undefined && values[flag] !== false);
	const strange = given.find((flag) => !command.flags.includes(flag));
	if (strange !== undefined)
		throw new UsageError(
			`Flag --${strange} means nothing to ${name}; allowed are ${command.flags.map((flag) => `--${flag}`).join(", ") || "none"}.`,
		);
	const missing = command.words.filter((word) => !word.startsWith("["))[words.length];
	if (missing !== undefined)
		throw new UsageError(`${name} needs ${missing}; allowed is ${[name, ...command.words].join(" ")}.`);
	const extra = words[command.words.length];
	if (extra !== undefined)
		throw new UsageError(`"${extra}" is one word too many; allowed is ${[name, ...command.words].join(" ")}.`);
	// Flags that parseArgs left out are undefined, which is what their type says.
	return { command, line: { words, flags: values as Line["flags"] } };
};
