import { describe, expect, it } from "vitest";
import type { Phase, Wish } from "../../../lib/domain/service-state.ts";
import { weightsFor } from "../../../lib/domain/slot.ts";
import { nothingPromotedWithoutEvidence } from "../../../simulator/checkers/nothing-promoted-without-evidence.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { candidateDigest, checkedStage } from "./checked-stage.ts";

const measurements = { kind: "custom-metrics", namespace: "Shop", periodSeconds: 10, slowerThanMs: 3_000 } as const;

/** A canary with a trial rule, of which nobody is served yet. */
const makeTrial = async () => {
	const stage = checkedStage(nothingPromotedWithoutEvidence, { definition: { measurements } });
	const { world, definition } = stage;
	const { loadBalancer, cluster } = world;
	const { listenerArn, basePriority, trialPriority, targetGroupArns } = definition.route;
	const green = objectKey(definition.workload, `${definition.workload.deployment}-green`);
	const weightsOf = (canaryPercent: number) => {
		const weights = weightsFor("blue", canaryPercent);
		return { [targetGroupArns.blue]: weights.blue, [targetGroupArns.green]: weights.green };
	};
	stage.begin();
	cluster.createDeployment(green, candidateDigest, 1, 4);
	const { conditions } = loadBalancer.ruleAt(listenerArn, basePriority) ?? { conditions: [] };
	const rule = { priority: trialPriority, conditions, weights: weightsOf(0), tags: {} };
	const { ruleArn } = loadBalancer.createRule(listenerArn, rule);
	await stage.pass(60);
	stage.write({ phase: "trial" });
	return {
		...stage,
		serve: async (percent: number, seconds: number) => {
			loadBalancer.modifyRule(ruleArn, weightsOf(percent));
			await stage.pass(seconds);
		},
		/** Takes the canary's pods away, or brings them back. */
		scale: (replicas: number) => cluster.deployment(green)?.scale(replicas),
		promote: () => stage.write({ phase: "window" }),
		close: () => stage.write({ phase: "closing", epoch: 2 }),
	};
};

const wish = (verb: Wish["verb"], phase: Phase): Wish => ({
	id: `${verb} ${phase}`,
	verb,
	by: "ana",
	atEpochMs: 1,
	phase,
});

describe("nothing is promoted without evidence", () => {
	it("given every step for its time, and a whole window, holds", async () => {
		const trial = await makeTrial();

		await trial.serve(5, 121);
		await trial.serve(100, 121);
		trial.promote();
		await trial.pass(3_600);
		trial.close();

		expect(trial.broken()).toEqual([]);
	});

	it("given a step that was cut short, does not hold", async () => {
		const trial = await makeTrial();

		await trial.serve(5, 100);
		await trial.serve(100, 121);
		trial.promote();

		expect(trial.broken()).toEqual([expect.stringMatching(/5 % had been served for .* s; 120 s are the least/)]);
	});

	it("given a step that nobody was served, says that and that nothing was measured", async () => {
		const trial = await makeTrial();

		await trial.serve(100, 121);
		trial.promote();

		expect(trial.broken()).toEqual([
			expect.stringMatching(/5 % had been served for 0 s/),
			expect.stringMatching(/0 s at 5 % had been measured; 34 s are the least/),
		]);
	});

	it("given a canary that answered nobody, does not hold", async () => {
		const trial = await makeTrial();

		await trial.serve(5, 121);
		trial.scale(0);
		await trial.serve(100, 121);
		trial.promote();

		expect(trial.broken()).toEqual([expect.stringMatching(/s at 100 % had been measured; 34 s are the least/)]);
	});

	it("given a late write that takes share away for less than one look, holds", async () => {
		const trial = await makeTrial();

		await trial.serve(5, 121);
		await trial.serve(100, 80);
		await trial.serve(5, 41);
		await trial.serve(100, 2);
		trial.promote();

		expect(trial.broken()).toEqual([]);
	});

	it("given a hand on the rules, asks only for what was measured", async () => {
		const trial = await makeTrial();

		trial.hands.add("rule-edited");
		await trial.serve(5, 60);
		await trial.serve(100, 30);
		trial.promote();

		expect(trial.broken()).toEqual([expect.stringMatching(/s at 100 % had been measured; 34 s are the least/)]);
	});

	it("given a promotion by a person on record, asks for no evidence from there on, and for all of it before", async () => {
		const trial = await makeTrial();

		await trial.serve(5, 100);
		trial.write({ wish: wish("promote", "trial") });
		await trial.serve(100, 2);
		trial.promote();
		trial.write({ wish: wish("promote", "window") });
		trial.close();

		expect(trial.broken()).toEqual([]);
	});

	it.each([
		["a pause on record", { wish: wish("pause", "trial") }],
		["a promotion that is over", { wish: { ...wish("promote", "trial"), isOver: true } }],
	])("given %s, asks for evidence all the same", async (_, change) => {
		const trial = await makeTrial();

		await trial.serve(5, 100);
		trial.write(change);
		await trial.serve(100, 121);
		trial.promote();

		expect(trial.broken()).toEqual([expect.stringMatching(/5 % had been served for .* s; 120 s are the least/)]);
	});

	it("given a promotion that was asked for after a step was left too early, finds that step", async () => {
		const trial = await makeTrial();

		await trial.serve(5, 100);
		await trial.serve(100, 10);
		trial.write({ wish: wish("promote", "trial") });
		await trial.serve(100, 2);
		trial.promote();

		expect(trial.broken()).toEqual([expect.stringMatching(/5 % had been served for .* s; 120 s are the least/)]);
	});

	it.each([
		["a window that a person ended", { wish: wish("promote", "window") }, 0],
		["a window that a person had not meant", { wish: wish("promote", "trial") }, 1],
		["a window that was cut short", {}, 1],
		["a window that a waiting release cut short", { next: { id: "c", imageDigest: "sha256:c" } }, 0],
	] as const)("given %s, finds %i", async (_, change, count) => {
		const trial = await makeTrial();

		await trial.serve(5, 121);
		await trial.serve(100, 121);
		trial.promote();
		await trial.pass(3_500);
		trial.write(change);
		trial.close();

		expect(trial.broken()).toHaveLength(count);
	});
});
