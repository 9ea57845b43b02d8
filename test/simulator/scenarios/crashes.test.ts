import { beforeAll, describe, expect, it } from "vitest";
import type { RemoteCall } from "../../../simulator/kernel/caller.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { rehearse } from "../rehearsal.ts";

const seed = 1;

/** Every kind of remote call that a story makes after its service was registered, as `entry operation`. */
const callsOf = async (prepared: Prepared, name: string): Promise<readonly string[]> => {
	const calls = new Set<string>();
	await runScenario(prepared, scenarioOf(name), seed, {
		onCall: (entry: string, { operation }: RemoteCall) => {
			if (entry !== "functions/register-service") calls.add(`${entry} ${operation}`);
		},
	});
	return [...calls];
};

/** The story again, in which the first call of that kind kills its process. */
const runWithCrash = (prepared: Prepared, name: string, wanted: string, crash: "before" | "after") => {
	let isOver = false;
	return runScenario(prepared, scenarioOf(name), seed, {
		faultFor: (entry: string, { operation }: RemoteCall) => {
			if (isOver || wanted !== `${entry} ${operation}`) return null;
			isOver = true;
			return { kind: "crashed", when: crash };
		},
	});
};

describe("a process that dies once", () => {
	let prepared: Prepared;

	beforeAll(async () => {
		prepared = await rehearse();
	});

	it.each([
		["good-image", "before"],
		["good-image", "after"],
		["bad-image", "before"],
		["bad-image", "after"],
		["alarm-in-bake", "before"],
		["alarm-in-bake", "after"],
	] as const)(
		"given %s, just %s any kind of remote call, the story holds",
		{ timeout: 120_000 },
		async (name, crash) => {
			const calls = await callsOf(prepared, name);
			const broken: string[] = [];
			for (const call of calls) {
				const result = await runWithCrash(prepared, name, call, crash);
				if (!result.ok) broken.push(`${call}: ${result.broken.join(" ")}`);
			}

			expect(calls.length).toBeGreaterThan(30);
			expect(broken).toEqual([]);
		},
	);
});
