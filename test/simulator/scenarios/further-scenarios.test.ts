import { describe, expect, it } from "vitest";
import { furtherScenarios } from "../../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import { endingOf } from "../../../simulator/scenarios/scenario.ts";
import { rehearse } from "../rehearsal.ts";

const seeds = [1, 2, 3];

const stories = furtherScenarios.map((scenario) => [scenario.name, endingOf(scenario), scenario] as const);

describe("a story that is known by its name", () => {
	it.each(stories)(
		"given %s, it ends %s with every promise held",
		{ timeout: 120_000 },
		async (_, _ending, scenario) => {
			const prepared = await rehearse(undefined, scenario.environment);

			const broken: string[] = [];
			for (const seed of seeds) {
				const result = await runScenario(prepared, scenario, seed);
				broken.push(...result.broken.map((sentence) => `seed ${seed}: ${sentence}`));
			}

			expect(broken).toEqual([]);
		},
	);
});
