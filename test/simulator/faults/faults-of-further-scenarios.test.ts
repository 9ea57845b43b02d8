import { describe, expect, it } from "vitest";
import { type FaultPlan, planFaults, runWithFault } from "../../../simulator/faults/enumeration.ts";
import { faultName, type PlannedFault } from "../../../simulator/faults/planned-fault.ts";
import { furtherScenarios } from "../../../simulator/scenarios/all-scenarios.ts";
import { rehearse } from "../rehearsal.ts";

const seed = 1;

/** A hundredth fits into CI; of a story that takes most of a day, and so takes long, a quarter of that. */
const many = ({ usualSeconds }: FaultPlan): number => (usualSeconds > 40_000 ? 400 : 100);

/** Each story begins at another place, so that all of them together try every kind. */
const shareOf = (plan: FaultPlan, position: number): readonly PlannedFault[] =>
	plan.faults.filter((_, index) => index % many(plan) === (position * 7) % many(plan));

describe("single faults of a story that is known by its name", () => {
	it.each(furtherScenarios.map((scenario, position) => [scenario.name, scenario, position] as const))(
		"given %s and a hundredth of its faults, every promise holds",
		{ timeout: 600_000 },
		async (_, scenario, position) => {
			const prepared = await rehearse(undefined, scenario.environment);
			const plan = await planFaults(prepared, scenario, seed);
			const broken: string[] = [];
			for (const fault of shareOf(plan, position)) {
				const result = await runWithFault(prepared, scenario, seed, plan, fault);
				if (!result.ok) broken.push(`${faultName(fault)}: ${result.broken.join(" ")}`);
			}

			expect(broken).toEqual([]);
			expect(plan.faults.length).toBeGreaterThan(200);
		},
	);
});
