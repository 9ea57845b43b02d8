import type * as z from "zod/mini";
import type { ConfigurationProblem } from "./configuration-error.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** All problems that a schema found in a value; of several at one path only the first, the others follow from it. */
export const problemsIn = (value: unknown, issues: readonly Issue[]): readonly ConfigurationProblem[] => {
	const byPath = new Map<string, ConfigurationProblem>();
	for (const problem of issues.flatMap((issue) => flatten(value, issue, [])))
		if (!byPath.has(problem.path)) byPath.set(problem.path, problem);
	return [...byPath.values()];
};

/** A problem with what the value holds at a path. */
export const problemAt = (value: unknown, path: Path, allowed: string): ConfigurationProblem => ({
	path: pathText(path),
	found: foundText(valueAt(value, path)),
	allowed,
});

const flatten = (value: unknown, issue: Issue, base: Path): readonly ConfigurationProblem[] => {
	const path = [...base, ...issue.path];
	if (issue.code === "unrecognized_keys")
		return issue.keys.map((key) => problemAt(value, [...path, key], issue.message));
	// Here the name itself is wrong, so it is the value that was found.
	if (issue.code === "invalid_key")
		return issue.issues.map(({ message }) => ({
			path: pathText(path),
			found: `the name ${foundText(path.at(-1))}`,
			allowed: message,
		}));
	if (issue.code === "invalid_union") {
		const meant = meantBranch(issue.errors);
		if (meant !== null) return meant.flatMap((inner) => flatten(value, inner, path));
	}
	return [problemAt(value, path, issue.message)];
};

/** The branch of a union that the user most likely meant: it knows most of the keys. Null where none fits at all. */
const meantBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | null => {
	const fitting = branches.filter(
		(issues) => !issues.some((issue) => issue.path.length === 0 && /^invalid_(type|value)$/.test(issue.code)),
	);
	const strangeness = (issues: readonly Issue[]): number =>
		issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 1_000 * issue.keys.length : 1), 0);
	return fitting.toSorted((one, other) => strangeness(one) - strangeness(other))[0] ?? null;
};

/** A path as people write it: `services.checkout.steps[1].weightPercent`. */
export const pathText = (path: Path): string => {
	const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
	return text === "" ? "the file" : text.replace(/^\./, "");
};

const valueAt = (value: unknown, path: Path): unknown =>
	path.reduce<unknown>(
		(inner, part) =>
			typeof inner === "object" && inner !== null && Object.hasOwn(inner, part)
				? (inner as Readonly<Record<PropertyKey, unknown>>)[part]
				: undefined,
		value,
	);

const foundText = (value: unknown): string => {
	if (value === undefined) return "nothing";
	// JSON knows neither NaN nor infinity, and YAML has both.
	const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? typeof value);
	return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};
