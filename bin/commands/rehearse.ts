import { paletteOf } from "../../simulator/report/palette.ts";
import { summaryLines } from "../../simulator/report/summary.ts";
import { allScenarios } from "../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../simulator/scenarios/run-scenario.ts";
import type { ScenarioResult } from "../../simulator/scenarios/scenario-result.ts";
import type { Line } from "../command-line.ts";
import { liveTimeline } from "../live-timeline.ts";
import { prepareRehearsal } from "../rehearsal.ts";
import { parseSeeds } from "../seeds.ts";

/** Rehearses every scenario, one after the other, and closes with a summary. @returns the exit code. */
export const rehearse = async ({ flags }: Line): Promise<number> => {
	const [seed] = parseSeeds(flags.seed, undefined);
	const output = process.stdout;
	const palette = paletteOf(output.isTTY === true);
	const write = (...lines: readonly string[]): void => void output.write(`${lines.join("\n")}\n`);
	write(
		palette.strong("Sluice rehearses on the synthesized template of config/production.yaml."),
		palette.faint(
			"Time is virtual; how long AWS takes for each call is a model (npm run bench -- rollback --json names its sources).",
		),
	);
	const prepared = await prepareRehearsal();
	const results: ScenarioResult[] = [];
	for (const scenario of allScenarios) {
		write("", `${palette.strong(scenario.name)}  ${scenario.story}`);
		const timeline = liveTimeline(output, palette);
		results.push(await runScenario(prepared, scenario, seed, { onEntry: timeline.show }));
		timeline.end();
	}
	const failed = results.filter(({ ok }) => !ok).length;
	write("", palette.strong("Summary"), ...summaryLines(results, palette), "");
	write(
		failed === 0
			? palette.good(`All ${results.length} scenarios ended as expected (seed ${seed}).`)
			: palette.bad(`${failed} of ${results.length} scenarios did not end as expected (seed ${seed}).`),
	);
	return failed === 0 ? 0 : 1;
};
