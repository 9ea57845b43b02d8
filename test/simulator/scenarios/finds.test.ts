import { beforeAll, describe, expect, it } from "vitest";
import { runWithNamedFault } from "../../../simulator/faults/enumeration.ts";
import { knownScenarios, scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { finds } from "../../../simulator/scenarios/finds.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { rehearse } from "../rehearsal.ts";

describe("what the enumeration of faults once found", () => {
	let prepared: Prepared;

	beforeAll(async () => {
		prepared = await rehearse();
	});

	it.each(finds)("given $name, every promise holds now: $story", { timeout: 60_000 }, async (scenario) => {
		const broken: string[] = [];
		for (let seed = 1; seed <= 3; seed++) {
			const result = await runWithNamedFault(prepared, scenario, seed, scenario.fault ?? "", {});
			broken.push(...result.broken);
		}

		expect(broken).toEqual([]);
	});

	it.each([
		[
			"a write of ours that is refused after a person's own",
			"gitops-sync",
			"late-300s @ watch/FollowCapacity ensure-capacity kubernetes:patch:services #3",
		],
		["a person who is asked for pods that crash for good", "crash-after-ready", "promotes @ rollout.shifted.v1 #1"],
	])("given %s, the rehearsal of %s is not deceived", { timeout: 60_000 }, async (_, name, fault) => {
		const { broken } = await runWithNamedFault(prepared, scenarioOf(name), 1, fault, {});

		expect(broken).toEqual([]);
	});

	it("given every story that is known, each has a name of its own", () => {
		const names = knownScenarios.map(({ name }) => name);

		expect(new Set(names).size).toBe(names.length);
	});
});
