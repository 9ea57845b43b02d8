import { beforeAll, describe, expect, it } from "vitest";
import { allScenarios, knownScenarios, scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import type { ScenarioResult } from "../../../simulator/scenarios/scenario-result.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import { rehearse } from "../rehearsal.ts";

const seeds = [1, 2, 3, 4, 5];
const names = allScenarios.map(({ name }) => name);

const keysOf = (value: object): readonly string[] => Object.keys(value).sort();

describe("the scenarios", () => {
	let prepared: Prepared;
	const results = new Map<string, ScenarioResult>();
	const resultOf = (name: string, seed: number): ScenarioResult => {
		const result = results.get(`${name} ${seed}`);
		if (result === undefined) throw new RangeError(`${name} was not run with seed ${seed}.`);
		return result;
	};

	beforeAll(async () => {
		prepared = await rehearse();
		for (const scenario of allScenarios) {
			for (const seed of seeds) results.set(`${scenario.name} ${seed}`, await runScenario(prepared, scenario, seed));
		}
	});

	it("given their names, are the six that were promised; one that is not known is told of these and of the finds", () => {
		expect(names).toEqual(["good-image", "bad-image", "crash-loop", "alarm-in-bake", "alarm-at-gate", "late-alarm"]);
		const known = knownScenarios.map(({ name }) => name);
		expect(known.slice(0, names.length)).toEqual(names);
		expect(() => scenarioOf("good")).toThrow(`Scenario "good" is not known; allowed are ${known.join(", ")}.`);
	});

	it.each(names)("given any of five seeds, %s ends as expected with every promise held", (name) => {
		for (const seed of seeds) {
			expect(resultOf(name, seed)).toMatchObject({
				scenario: name,
				seed,
				broken: [],
				ok: true,
				outcome: scenarioOf(name).expected,
				expected: name === "good-image" ? "promoted" : "rolled-back",
			});
		}
	});

	it.each(names)("given %s, the result has the promised keys and no others", (name) => {
		const result = resultOf(name, 1);

		expect(keysOf(result)).toEqual(
			[
				"scenario",
				"seed",
				"outcome",
				"outcomes",
				"expected",
				"ok",
				"broken",
				"virtualSeconds",
				"rollback",
				"requests",
				"timeline",
				"executions",
			].sort(),
		);
		expect(keysOf(result.requests)).toEqual(["canary", "stable"]);
		for (const counts of Object.values(result.requests)) expect(keysOf(counts)).toEqual(["bad", "good"]);
		for (const execution of result.executions) {
			expect(keysOf(execution)).toEqual(["events", "machine", "name", "status"]);
		}
		for (const entry of result.timeline) {
			expect(entry).toEqual(expect.objectContaining({ atSeconds: expect.any(Number), kind: expect.any(String) }));
		}
		const times = ["seconds", "triggeredAtSeconds", "zeroConfirmedAtSeconds", "zeroObservedAtSeconds"];
		expect(result.rollback === null ? null : keysOf(result.rollback)).toEqual(name === "good-image" ? null : times);
	});

	it.each(names)(
		"given %s, nothing happens but alarms before the push, all goes on in order and the end is told",
		(name) => {
			for (const seed of seeds) {
				const { timeline, virtualSeconds, outcome } = resultOf(name, seed);
				const seconds = timeline.map(({ atSeconds }) => atSeconds);

				expect(timeline.find(({ kind }) => kind !== "alarm.changed")).toMatchObject({ kind: "image.pushed" });
				expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
				expect(timeline.find(({ kind }) => kind === "rollout.ended.v1")).toMatchObject({ outcome });
				expect(seconds.at(-1)).toBeLessThanOrEqual(virtualSeconds);
			}
		},
	);

	it.each(names)("given %s, every execution has ended, and the rollout's once only", (name) => {
		for (const seed of seeds) {
			const { executions, outcome } = resultOf(name, seed);
			const rollouts = executions.filter(({ machine }) => machine.endsWith("-rollout"));

			expect(executions.filter(({ status }) => status === "RUNNING")).toEqual([]);
			expect(rollouts.map(({ status }) => status)).toEqual([outcome === "promoted" ? "SUCCEEDED" : "ABORTED"]);
		}
	});

	it.each(names.filter((name) => name !== "good-image"))(
		"given %s, zero is confirmed within 30 s of the trigger and observed afterwards",
		(name) => {
			for (const seed of seeds) {
				const { rollback } = resultOf(name, seed);

				expect(rollback?.seconds).toBeGreaterThan(0);
				expect(rollback?.seconds).toBeLessThanOrEqual(30);
				expect(rollback?.zeroConfirmedAtSeconds).toBeGreaterThan(rollback?.triggeredAtSeconds ?? Infinity);
				expect(rollback?.zeroObservedAtSeconds).toBeGreaterThanOrEqual(rollback?.zeroConfirmedAtSeconds ?? Infinity);
			}
		},
	);

	it("given a version that never gets ready, it serves not a single request", () => {
		for (const seed of seeds) expect(resultOf("crash-loop", seed).requests.canary).toEqual({ good: 0, bad: 0 });
	});

	it("given a healthy version, it ends up serving more requests than the stable one did", () => {
		for (const seed of seeds) {
			const { canary, stable } = resultOf("good-image", seed).requests;

			expect(canary.good).toBeGreaterThan(stable.good);
		}
	});

	it.each(names)(
		"given the same seed, %s gives the same bytes, also after other runs and from stacks made anew",
		async (name) => {
			const anew = await rehearse();

			const again = [await runScenario(prepared, scenarioOf(name), 2), await runScenario(anew, scenarioOf(name), 2)];

			const bytes = JSON.stringify(resultOf(name, 2));
			expect(again.map((result) => JSON.stringify(result))).toEqual([bytes, bytes]);
		},
	);

	it.each(names)("given different seeds, %s takes different turns", (name) => {
		const told = seeds.map((seed) => JSON.stringify(resultOf(name, seed).timeline));

		expect(new Set(told).size).toBe(seeds.length);
	});

	it("given somebody who only listens, the run does not change", async () => {
		const heard: number[] = [];
		const listening = { onEntry: () => heard.push(1), onCall: () => {}, faultFor: () => null, onDeployed: () => {} };

		const result = await runScenario(prepared, scenarioOf("bad-image"), 3, listening);

		expect(JSON.stringify(result)).toBe(JSON.stringify(resultOf("bad-image", 3)));
		expect(heard).toHaveLength(result.timeline.length);
	});
});
