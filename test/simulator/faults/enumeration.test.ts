import { beforeAll, describe, expect, it } from "vitest";
import {
	InvalidFaultError,
	oneIn,
	planFaults,
	runWithFault,
	runWithNamedFault,
} from "../../../simulator/faults/enumeration.ts";
import { faultName } from "../../../simulator/faults/planned-fault.ts";
import { allScenarios, scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { rehearse } from "../rehearsal.ts";

const seed = 1;

describe("every single fault", () => {
	let prepared: Prepared;

	beforeAll(async () => {
		prepared = await rehearse();
	});

	it.each(allScenarios)(
		"given $name and a tenth of its faults, every promise holds",
		{ timeout: 600_000 },
		async (scenario) => {
			const plan = await planFaults(prepared, scenario, seed);
			const broken: string[] = [];
			for (const fault of oneIn(10, plan)) {
				const result = await runWithFault(prepared, scenario, seed, plan, fault);
				if (!result.ok) broken.push(`${faultName(fault)}: ${result.broken.join(" ")}`);
			}

			expect(broken).toEqual([]);
			expect(plan.faults.length).toBeGreaterThan(500);
		},
	);

	it("given a story, every kind of thing fails in every way that it can", async () => {
		const plan = await planFaults(prepared, scenarioOf("alarm-in-bake"), seed);

		const kindsOf = (thing: string): readonly string[] => [
			...new Set(plan.faults.filter((fault) => fault.thing === thing).map(({ kind }) => kind)),
		];
		expect(kindsOf("call").toSorted()).toEqual([
			"crashed-after",
			"crashed-before",
			"frozen",
			"late-1s",
			"late-300s",
			"late-60s",
			"refused",
			"stale",
			"throttled",
			"timed-out-after",
			"timed-out-before",
		]);
		expect(kindsOf("event").toSorted()).toEqual(["before-its-cause", "late-1min", "late-24h", "lost", "twice"]);
		expect(kindsOf("execution").toSorted()).toEqual(["killed", "timed-out"]);
		expect(kindsOf("person")).toContain("approves-after-rollback");
		expect(new Set(plan.faults.map(faultName)).size).toBe(plan.faults.length);
	});

	it("given a fault by its name, the run is the same again", async () => {
		const scenario = scenarioOf("bad-image");
		const plan = await planFaults(prepared, scenario, seed);
		const [fault] = oneIn(10, plan);
		if (fault === undefined) throw new RangeError("Nothing can go wrong.");

		const first = await runWithFault(prepared, scenario, seed, plan, fault);
		const again = await runWithNamedFault(prepared, scenario, seed, faultName(fault));

		expect(JSON.stringify(again)).toBe(JSON.stringify(first));
	});

	it("given a fault that cannot be, says which are possible", async () => {
		const run = runWithNamedFault(prepared, scenarioOf("bad-image"), seed, "late-60s @ nowhere #1");

		await expect(run).rejects.toThrow(InvalidFaultError);
		await expect(run).rejects.toThrow(/allowed are \d+, such as "late-60s @ /);
	});
});
