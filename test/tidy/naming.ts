import { basename } from "node:path";
import type { Rule, SourceFile } from "./source-file.ts";

const shapeless = ["utils", "util", "helpers", "helper", "common", "types", "misc", "shared", "constants"];

/** A file is named for its noun. `index.ts` is the entry of a function and nothing else: barrels cost start time. */
export const fileName: Rule = ({ path }) => {
	const name = basename(path).replace(/(\.test|\.contract|\.d)?\.ts$|(\.asl)?\.yaml$/, "");
	if (shapeless.includes(name)) return [`is named ${name}; allowed is the noun that it holds`];
	if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) return [`is named ${name}; allowed is kebab-case`];
	return name === "index" && !/^functions\/[^/]+\/index\.ts$/.test(path) ? ["is an index outside functions/"] : [];
};

const onlyReexports = /^\s*(export\s+(type\s+)?(\*|\{[^}]*\})(\s+as\s+\w+)?\s+from\s+"[^"]+";\s*)+$/;

/** No barrels, whatever they are called. */
export const noBarrel: Rule = ({ path, code }) =>
	path.endsWith(".ts") && onlyReexports.test(code) ? ["only passes on what others export"] : [];

/** The machines retry by name, so an error of ours is called what its class is called; the simulator's speak for AWS. */
const namedAs = (path: string, className: string): RegExp =>
	path.startsWith("simulator/")
		? /\boverride readonly name\b/
		: new RegExp(`\\boverride readonly name(: string)? = "${className}";`);

/** Every error says its name itself: a plain subclass reports "Error", and a minifier renames classes. */
export const errorName: Rule = ({ path, code }) =>
	path.startsWith("test/")
		? []
		: [...code.matchAll(/\bclass (\w+) extends \w*Error\b[^{]*\{([^}]*)\}/g)].flatMap(([, name = "", body = ""]) =>
				namedAs(path, name).test(body) ? [] : [`class ${name} does not set its name to "${name}"`],
			);

/** The folders that deploy as functions, and what is missing from each. */
export const incompleteFunctions = (files: readonly SourceFile[]): readonly string[] => {
	const paths = new Set(files.map(({ path }) => path));
	const folders = new Set(
		[...paths].map((path) => /^functions\/([^/]+)\//.exec(path)?.[1]).filter((name) => name !== undefined),
	);
	return [...folders].flatMap((folder) =>
		["handler.ts", "environment.ts", "index.ts"]
			.map((file) => `functions/${folder}/${file}`)
			.filter((path) => !paths.has(path)),
	);
};
