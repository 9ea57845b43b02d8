import { describe, expect, it } from "vitest";
import { canaryCanCarryItsWeight } from "../../../simulator/checkers/canary-can-carry-its-weight.ts";
import { exposedStage } from "./exposed-stage.ts";

/** Stable and canary have four pods each. */
const makeStage = () => exposedStage(canaryCanCarryItsWeight);

describe("the canary's share of the pods", () => {
	it("given as many as its weight needs at each step, holds", async () => {
		const stage = await makeStage();

		for (const percent of [5, 25, 50, 100]) {
			stage.shift(percent);
			await stage.look(30);
		}

		expect(stage.broken()).toEqual([]);
	});

	it("given two of four pods and all requests, does not hold", async () => {
		const stage = await makeStage();
		stage.world.cluster.deployment(stage.keyOf("green"))?.scale(2);
		await stage.look(60);

		stage.shift(50);
		stage.shift(100);

		expect(stage.broken()).toEqual([
			expect.stringMatching(/the canary got 100 % with 2 pods ready and healthy; its share of stable's is 4\.$/),
		]);
	});

	it("given pods that are ready and that no request can reach, does not hold", async () => {
		const stage = await makeStage();
		stage.world.targetGroups.setInUse(stage.definition.route.targetGroupArns.green, false);
		await stage.look(60);

		stage.shift(5);

		expect(stage.broken()).toEqual([expect.stringMatching(/5 % with 0 pods/)]);
	});

	it("given a hand that sets the rule or takes pods away, says nothing: that is no promise of Sluice's", async () => {
		const stage = await makeStage();
		stage.world.cluster.deployment(stage.keyOf("green"))?.scale(1);
		await stage.look(60);
		stage.setTrial(100, "hand");
		await stage.look(10);
		const touched = await makeStage();
		touched.hands.add("deployment-edited");
		touched.world.cluster.deployment(touched.keyOf("green"))?.scale(1);
		await touched.look(60);
		touched.shift(100);

		expect([...stage.broken(), ...touched.broken()]).toEqual([]);
	});
});
