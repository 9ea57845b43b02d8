import { beforeAll, describe, expect, it } from "vitest";
import type { RemoteCall } from "../../../simulator/kernel/caller.ts";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import type { ScenarioResult } from "../../../simulator/scenarios/scenario-result.ts";
import type { Prepared } from "../../../simulator/system/prepare.ts";
import type { EditableStacks } from "../editable-stacks.ts";
import { rehearse } from "../rehearsal.ts";

const seeds = [1, 2, 3, 4, 5];

/** A rule's period, and what it takes to hand the event over and to act on it. */
const sweepSeconds = 300;
const actSeconds = 15;

const disable = (stacks: EditableStacks, rule: string): void => {
	stacks.resource("AWS::Events::Rule", rule).Properties.State = "DISABLED";
};

const run = (prepared: Prepared, name: string, seed: number, limitSeconds = 7_200): Promise<ScenarioResult> =>
	runScenario(prepared, scenarioOf(name), seed, { limitSeconds });

const runAll = (prepared: Prepared, name: string): Promise<readonly ScenarioResult[]> =>
	Promise.all(seeds.map((seed) => run(prepared, name, seed)));

const secondsOf = ({ timeline }: ScenarioResult, kind: string): number =>
	timeline.find((entry) => entry.kind === kind)?.atSeconds ?? Number.NaN;

const waited = (result: ScenarioResult): number =>
	secondsOf(result, "rollout.started.v1") - secondsOf(result, "image.pushed");

describe("a push that nobody is told of", () => {
	let whole: Prepared;

	beforeAll(async () => {
		whole = await rehearse();
	});

	it.each([
		["the push rule", (stacks: EditableStacks) => disable(stacks, "TriggersImagePushed")],
		[
			"the permission of the push rule to invoke its function",
			(stacks: EditableStacks) => stacks.remove("AWS::Lambda::Permission", "TriggersImagePushedAllow"),
		],
	])("given it without %s, the sweep rolls the image out all the same, minutes later", async (_, remove) => {
		const prompt = await runAll(whole, "good-image");
		const late = await runAll(await rehearse(remove), "good-image");

		for (const result of [...prompt, ...late]) {
			expect(result).toMatchObject({ ok: true, outcome: "promoted", broken: [] });
		}
		expect(Math.max(...prompt.map(waited))).toBeLessThan(actSeconds);
		expect(Math.max(...late.map(waited))).toBeGreaterThan(sweepSeconds / 3);
		expect(Math.max(...late.map(waited))).toBeLessThan(sweepSeconds + actSeconds);
	});

	it("given neither push rule nor sweep, nothing ever happens", async () => {
		const deaf = await rehearse((stacks) => {
			disable(stacks, "TriggersImagePushed");
			disable(stacks, "TriggersEveryFiveMinutes");
		});

		const { outcome, executions } = await run(deaf, "good-image", 1);

		expect(outcome).toBe("unfinished");
		expect(executions).toEqual([]);
	});

	it("given an image that was rolled back, hours of sweeps neither bring it back nor say anything", async () => {
		let looks = 0;
		const onCall = (_entry: string, { operation }: RemoteCall): void => {
			if (operation === "ecr:DescribeImages") looks++;
		};

		const result = await runScenario(whole, scenarioOf("bad-image"), 1, { lastsSeconds: 4 * 3_600, onCall });

		const ended = result.timeline.findIndex(({ kind }) => kind === "rollout.ended.v1");
		expect(result).toMatchObject({ ok: true, outcome: "rolled-back", broken: [] });
		// Sweeps of four hours.
		expect(looks).toBeGreaterThanOrEqual(4 * 12);
		expect(result.timeline.slice(ended + 1).filter(({ kind }) => kind !== "alarm.changed")).toEqual([]);
		expect(result.executions.filter(({ machine }) => machine.endsWith("-rollout"))).toHaveLength(1);
	});
});
