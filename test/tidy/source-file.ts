import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One file of the repository, with its path from the root. */
export interface SourceFile {
	readonly path: string;
	readonly text: string;
	/** The text with every comment blanked out, line by line, so that a rule never trips over prose. */
	readonly code: string;
	readonly imports: readonly Import[];
}

/** What a file imports: the path from the root for a file, the name as written for a package. */
export interface Import {
	readonly from: string;
	/** Erased before it runs. */
	readonly isTypeOnly: boolean;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Whole-line comments and trailing ones behind a space: how this repository writes them. */
const withoutComments = (text: string): string =>
	text
		.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, " "))
		.replace(/(^|\s)\/\/ .*$/gm, "$1");

const resolved = (path: string, specifier: string): string =>
	specifier.startsWith(".") ? join(path, "..", specifier) : specifier;

const importsOf = (path: string, code: string): readonly Import[] => [
	...[...code.matchAll(/^(?:import|export)\s+(type\s)?[^;"]*?from\s+"([^"]+)"/gm)].map(([, type, from = ""]) => ({
		from: resolved(path, from),
		isTypeOnly: type !== undefined,
	})),
	...[...code.matchAll(/(?:^import\s+|\bimport\(\s*)["'`]([^"'`]+)["'`]/gm)].map(([, from = ""]) => ({
		from: resolved(path, from),
		isTypeOnly: false,
	})),
];

/** A file as the rules see it; also for files that exist in a test only. */
export const sourceFile = (path: string, text: string): SourceFile => {
	const code = withoutComments(text);
	return { path, text, code, imports: importsOf(path, code) };
};

const rooms = ["bin", "functions", "lib", "simulator", "statemachines", "test"] as const;

/** Every file of the rooms that hold source, oldest convention first: by path. */
export const repositoryFiles = (): readonly SourceFile[] =>
	rooms
		.flatMap((room) =>
			readdirSync(join(root, room), { recursive: true, encoding: "utf8" }).map((file) => join(room, file)),
		)
		.filter((path) => /\.(ts|yaml)$/.test(path))
		.toSorted()
		.map((path) => sourceFile(path, readFileSync(join(root, path), "utf8")));

/** What a rule finds: the file, and in a few words what is wrong and what is allowed. */
export type Rule = (file: SourceFile) => readonly string[];

/** Everything that a rule finds, one line each. */
export const findings = (files: readonly SourceFile[], rule: Rule): readonly string[] =>
	files.flatMap((file) => rule(file).map((finding) => `${file.path}: ${finding}`));
