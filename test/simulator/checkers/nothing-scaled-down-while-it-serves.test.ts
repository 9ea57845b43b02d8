import { describe, expect, it } from "vitest";
import { nothingScaledDownWhileItServes } from "../../../simulator/checkers/nothing-scaled-down-while-it-serves.ts";
import { exposedStage } from "./exposed-stage.ts";

const makeStage = async () => {
	const stage = await exposedStage(nothingScaledDownWhileItServes);
	const { world, keyOf, call } = stage;
	const retire = (slot: "blue" | "green"): void =>
		call("functions/retire-slot", "kubernetes:patch:deployments", () =>
			world.cluster.deployment(keyOf(slot))?.scale(0),
		);
	return { ...stage, retire };
};

describe("nothing is scaled down while it serves", () => {
	it("given a canary that has drained for as long as promised, holds", async () => {
		const stage = await makeStage();

		stage.shift(5);
		await stage.look(30);
		stage.deleteTrial();
		await stage.look(300);
		stage.retire("green");

		expect(stage.broken()).toEqual([]);
	});

	it("given a canary that never served, holds at once", async () => {
		const stage = await makeStage();

		stage.retire("green");

		expect(stage.broken()).toEqual([]);
	});

	it("given a shorter drain, does not hold", async () => {
		const stage = await makeStage();

		stage.shift(5);
		await stage.look(30);
		stage.deleteTrial();
		await stage.look(295);
		stage.retire("green");

		expect(stage.broken()).toEqual([
			expect.stringMatching(/green is scaled from 4 to 0, and it has drained for 295 s only; needed are 300 s/),
		]);
	});

	it("given a definition that drains for longer, asks for that", async () => {
		const stage = await exposedStage(nothingScaledDownWhileItServes, { drainSeconds: 400 });

		stage.shift(5);
		await stage.look(30);
		stage.deleteTrial();
		await stage.look(350);
		stage.world.cluster.deployment(stage.keyOf("green"))?.scale(0);
		await stage.look(5);

		expect(stage.broken()).toEqual([expect.stringMatching(/needed are 400 s/)]);
	});

	it("given a slot that the rules still name, does not hold", async () => {
		const stage = await makeStage();

		stage.shift(5);
		stage.retire("green");

		expect(stage.broken()).toEqual([expect.stringMatching(/green is scaled from 4 to 0, and the rules give it 5 %/)]);
	});

	it("given a slot that callers in the cluster reach, does not hold", async () => {
		const stage = await makeStage();

		stage.world.cluster.putService(stage.inClusterServiceKey, "green", 1);
		stage.retire("green");

		expect(stage.broken()).toEqual([expect.stringMatching(/the in-cluster Service sends its callers there/)]);
	});

	it.each([
		[3, 0],
		[2, 1],
	] as const)(
		"given a serving slot scaled to %i of the 3 pods that it needs, finds %i break",
		async (replicas, count) => {
			const stage = await makeStage();

			stage.world.cluster.deployment(stage.keyOf("blue"))?.scale(replicas);
			await stage.look(5);

			expect(stage.broken()).toHaveLength(count);
		},
	);

	it("given a person's own change, excuses it once", async () => {
		const stage = await makeStage();

		stage.shift(100);
		stage.hands.add("deployment-edited");
		stage.world.cluster.deployment(stage.keyOf("green"))?.scale(0);
		await stage.look(5);
		const first = stage.broken().length;
		stage.world.cluster.deployment(stage.keyOf("green"))?.scale(4);
		await stage.look(5);
		stage.world.cluster.deployment(stage.keyOf("green"))?.scale(0);
		await stage.look(5);

		expect(first).toBe(0);
		expect(stage.broken()).toHaveLength(1);
	});

	it("given a person who edited a Deployment, does not excuse what a function does to another", async () => {
		const stage = await makeStage();

		stage.shift(100);
		stage.hands.add("deployment-edited");
		stage.retire("green");

		expect(stage.broken()).toHaveLength(1);
	});

	it("given users whom a person sent to a slot and took away again, needs them gone and no new drain", async () => {
		const stage = await makeStage();

		stage.hands.add("rule-edited");
		stage.setTrial(50, "hand");
		await stage.look(10);
		stage.setTrial(0, "hand");
		await stage.look(10);
		stage.retire("green");

		expect(stage.broken()).toEqual([]);
	});
});
