import { describe, expect, it } from "vitest";
import { rollbackSlotCanCarryAll } from "../../../simulator/checkers/rollback-slot-can-carry-all.ts";
import { exposedStage } from "./exposed-stage.ts";

/** The stage's service needs three of its four pods. */
const makeStage = async () => {
	const stage = await exposedStage(rollbackSlotCanCarryAll);
	const { world, keyOf } = stage;
	/** With its autoscaler, which would put back what a test takes away. */
	const scaleTo = (replicas: number): void => {
		world.cluster.patchAutoscaler(keyOf("blue"), 0, { minReplicas: replicas, maxReplicas: replicas });
		world.cluster.deployment(keyOf("blue"))?.scale(replicas);
	};
	return { ...stage, scaleTo };
};

describe("the slot that a rollback would use", () => {
	it("given enough pods for all users at any weight, holds", async () => {
		const stage = await makeStage();
		stage.scaleTo(4);

		stage.shift(100);
		await stage.look(60);
		stage.write({ phase: "window" });
		await stage.look(60);

		expect(stage.broken()).toEqual([]);
	});

	it.each(["trial", "window", "rolling-back"] as const)("given too few pods in %s, does not hold", async (phase) => {
		const stage = await makeStage();

		stage.shift(100);
		stage.write({ phase });
		stage.scaleTo(2);
		await stage.look(30);

		expect(stage.broken()).toEqual([
			expect.stringMatching(`in ${phase}, blue has 2 pods ready and 2 targets healthy; all requests need 3`),
		]);
	});

	it("given pods that no request can reach, does not hold", async () => {
		const stage = await makeStage();

		stage.shift(5);
		stage.scaleTo(4);
		stage.world.targetGroups.setInUse(stage.definition.route.targetGroupArns.blue, false);
		await stage.look(10);

		expect(stage.broken()).toEqual([expect.stringMatching(/4 pods ready and 0 targets healthy/)]);
	});

	it("given few pods while nobody is exposed, holds", async () => {
		const stage = await makeStage();

		stage.scaleTo(2);
		await stage.look(30);
		stage.beginRollback();
		await stage.look(30);

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		[170, 0],
		[220, 1],
	] as const)("given twice as many users for %i s, finds %i lack of pods", async (seconds, count) => {
		const stage = await makeStage();
		await stage.look(200);
		stage.scaleTo(4);

		stage.shift(5);
		stage.world.traffic.of("checkout").setRates({ outside: () => 200 });
		await stage.look(seconds);

		expect(stage.broken()).toHaveLength(count);
	});

	it.each([
		[50, 0],
		[80, 1],
	] as const)("given pods that a person took away %i s ago, finds %i lack of pods", async (seconds, count) => {
		const stage = await makeStage();

		stage.shift(5);
		stage.hands.add("deployment-edited");
		stage.scaleTo(2);
		await stage.look(seconds);

		expect(stage.broken()).toHaveLength(count);
	});

	it("given a slot that a person has stopped, leaves it to them", async () => {
		const stage = await makeStage();

		stage.shift(5);
		stage.hands.add("deployment-edited");
		stage.world.cluster.deployment(stage.keyOf("blue"))?.scale(0);
		await stage.look(120);

		expect(stage.broken()).toEqual([]);
	});

	it("given more users than the user's own autoscaler allows pods for, asks for no more than those", async () => {
		const stage = await makeStage();
		stage.scaleTo(16);
		await stage.look(60);

		stage.shift(5);
		stage.world.traffic.of("checkout").setRates({ outside: () => 1_000 });
		await stage.look(300);
		const enough = stage.broken().length;
		stage.scaleTo(15);
		await stage.look(10);

		expect(enough).toBe(0);
		expect(stage.broken()).toEqual([expect.stringMatching(/all requests need 16/)]);
	});
});
