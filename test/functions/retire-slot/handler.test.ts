import { describe, expect, it } from "vitest";
import { InvalidWorkloadError, SlotEpochConflictError } from "../../../lib/ports/workloads.ts";
import { isHarmless } from "../function-calls.ts";
import { canaryDigest, type FunctionStage, functionStage, nextDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, payload, reach, rollBack, rollbackEvent, type Station } from "../rollout-journey.ts";

const retire = (stage: FunctionStage, event = payload()): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).retireSlot, event);

const stageAt = async (station: Station): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, station);
	return stage;
};

describe("retiring a slot", () => {
	it("given a rollout that has closed, scales the old slot to zero and frees the serving one", async () => {
		const stage = await stageAt("closed");

		await expect(retire(stage)).resolves.toEqual({ v: 1, kind: "retired", slot: "blue" });

		expect(stage.replicas("blue")).toBe(0);
		expect(stage.replicas("green")).toBeGreaterThan(0);
		expect((await stage.slots()).green.minReplicas).toBe(4);
	});

	it("given a rollback, scales the canary to zero and lets stable follow its load again", async () => {
		const stage = await stageAt("exposed");
		await stage.ports.workloads.hold(stage.definition.workload, "blue", 7, 0);
		await rollBack(stage);

		await expect(retire(stage)).resolves.toEqual({ v: 1, kind: "retired", slot: "green" });

		expect(stage.replicas("green")).toBe(0);
		expect((await stage.slots()).blue).toMatchObject({ wantedReplicas: 4, minReplicas: 4 });
	});

	it.each(["SlotEpochConflictError", "InvalidWorkloadError"])(
		"given an autoscaler that cannot be released (%s), retires the slot all the same and counts it",
		async (name) => {
			const stage = await stageAt("exposed");
			await rollBack(stage);
			const errors = {
				SlotEpochConflictError: new SlotEpochConflictError("gone"),
				InvalidWorkloadError: new InvalidWorkloadError("gone"),
			};
			const hold = async (): Promise<never> => {
				throw errors[name as keyof typeof errors];
			};
			const workloads = { ...stage.ports.workloads, hold };

			const answer = await stage.run(handlersOf({ ...stage.ports, workloads }).retireSlot, payload());

			expect(answer).toMatchObject({ kind: "retired" });
			expect(stage.replicas("green")).toBe(0);
			expect(stage.telemetry.counters.get("AutoscalerNotReleased")).toBe(1);
		},
	);

	it("given the same call again, leaves both slots as they are", async () => {
		const stage = await stageAt("closed");
		await retire(stage);
		const before = await stage.slots();

		await expect(retire(stage)).resolves.toMatchObject({ kind: "retired" });

		expect(await stage.slots()).toEqual(before);
	});

	it.each<Station>(["admitted", "exposed", "promoted"])(
		"given a rollout that is %s, retires nothing",
		async (station) => {
			const stage = await stageAt(station);

			await expect(retire(stage)).rejects.toMatchObject({ name: "RolloutMovedConflictError" });

			expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual([]);
		},
	);
});

describe("the slot that serves", () => {
	it("given a closing in which roles have not changed yet, is not scaled down", async () => {
		const stage = await stageAt("promoted");
		await stage.ports.store.write("checkout", { condition: {}, set: { phase: "closing", epoch: 2 } });

		await expect(retire(stage)).rejects.toMatchObject({
			name: "RolloutMovedConflictError",
			message: expect.stringContaining("in closing once roles have changed"),
		});

		expect(stage.replicas("green")).toBe(4);
		expect(stage.replicas("blue")).toBe(4);
	});

	it("given a retirement that lands when the slot has been deployed anew, is saved by the fence", async () => {
		const stage = await stageAt("exposed");
		await rollBack(stage);
		const { retire: really } = stage.ports.workloads;
		const workloads = {
			...stage.ports.workloads,
			retire: async (...request: Parameters<typeof really>) => {
				await stage.ports.workloads.deploy(
					stage.definition.workload,
					"green",
					{ id: "cccccccccccc", imageDigest: nextDigest },
					3,
				);
				await really(...request);
			},
		};

		const late = stage.run(handlersOf({ ...stage.ports, workloads }).retireSlot, payload());

		await expect(late).rejects.toMatchObject({ name: "SlotEpochConflictError" });
		expect(stage.replicas("green")).toBe(1);
	});
});

describe("a rollout that ended before it was deployed", () => {
	it("given a slot that was never deployed, has nothing to scale down", async () => {
		const stage = await stageAt("admitted");
		await rollBack(stage);

		await expect(retire(stage)).resolves.toMatchObject({ kind: "retired", slot: "green" });
	});

	it("given a slot that carries an earlier rollout's epoch, finds it at rest and can finish", async () => {
		const stage = await stageAt("exposed");
		await rollBack(stage);
		await finishRollback(stage);
		await stage.run(handlersOf(stage.ports).admitRelease, stage.push(nextDigest, "v3"));
		await stage.run(handlersOf(stage.ports).rollBack, rollbackEvent({ rolloutId: "checkout-3" }));

		const answer = await retire(stage, { v: 1, rolloutId: "checkout-3" });

		expect(answer).toMatchObject({ kind: "retired", slot: "green" });
		expect((await stage.slots()).green).toMatchObject({ epoch: 1, imageDigest: canaryDigest, wantedReplicas: 0 });
	});
});
