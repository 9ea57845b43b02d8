import type { ScenarioResult } from "../scenarios/scenario-result.ts";
import { clockTime } from "./clock-time.ts";
import type { Palette } from "./palette.ts";

const columns = [
	"scenario",
	"ended",
	"rollback",
	"zero observed",
	"canary served",
	"of it bad",
	"virtual time",
] as const;

const cellsOf = ({ scenario, outcome, rollback, requests, virtualSeconds }: ScenarioResult): readonly string[] => {
	const { good, bad } = requests.canary;
	const observed = rollback?.zeroObservedAtSeconds ?? null;
	return [
		scenario,
		outcome,
		rollback === null ? "-" : `${rollback.seconds.toFixed(2)} s`,
		rollback === null || observed === null
			? "-"
			: `${Math.max(0, observed - rollback.triggeredAtSeconds).toFixed(1)} s`,
		(good + bad).toLocaleString("en-US"),
		bad.toLocaleString("en-US"),
		clockTime(virtualSeconds),
	];
};

/** A table of all results, then what was broken and how to see it again; `flags` are those that the runs were given besides. */
export const summaryLines = (
	results: readonly ScenarioResult[],
	palette: Palette,
	flags: readonly string[] = [],
): readonly string[] => {
	const rows = [columns, ...results.map(cellsOf)];
	const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	const line = (row: readonly string[]): string =>
		row
			.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
			.join("   ");
	const table = rows.map((row, index) => {
		const result = results[index - 1];
		const mark = result === undefined ? " " : result.ok ? palette.good("ok") : palette.bad("!!");
		return `${result === undefined ? "  " : mark}  ${index === 0 ? palette.faint(line(row)) : line(row)}`;
	});
	const failures = results
		.filter(({ ok }) => !ok)
		.flatMap(({ scenario, seed, broken }) => [
			...broken.map((sentence) => palette.bad(`${scenario}: ${sentence}`)),
			`  replay: npm run simulate -- ${[scenario, `--seed ${seed}`, ...flags].join(" ")}`,
		]);
	return [...table, ...failures];
};
