import { describe, expect, it } from "vitest";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { isHarmless } from "../function-calls.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack, type Station } from "../rollout-journey.ts";

const move = (stage: FunctionStage, to: "canary" | "stable", ports = stage.ports): Promise<unknown> =>
	stage.run(handlersOf(ports).moveInClusterService, payload({ to }));

const stageAt = async (station: Station): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, station);
	return stage;
};

describe("in-cluster callers", () => {
	it("given the window, move to the canary", async () => {
		const stage = await stageAt("promoted");

		await expect(move(stage, "canary")).resolves.toEqual({ v: 1, kind: "moved", slot: "green" });

		expect((await stage.slots()).inCluster).toBe("green");
	});

	it("given a rollback out of the window, move back to stable", async () => {
		const stage = await stageAt("promoted");
		await rollBack(stage);

		await expect(move(stage, "stable")).resolves.toEqual({ v: 1, kind: "moved", slot: "blue" });

		expect((await stage.slots()).inCluster).toBe("blue");
	});

	it("given the same call again, stay where they are", async () => {
		const stage = await stageAt("promoted");
		await rollBack(stage);
		await move(stage, "stable");

		await expect(move(stage, "stable")).resolves.toMatchObject({ slot: "blue" });
	});

	it("given no such Service, is a call that changes nothing", async () => {
		const stage = functionStage({ workload: contractDefinition().workload });
		await reach(stage, "promoted");

		await expect(move(stage, "canary")).resolves.toMatchObject({ kind: "moved" });

		expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual([]);
	});

	it("given a Service that is gone, is no reason to stop a rollback, and a mistake to be seen at promotion", async () => {
		const { definition } = functionStage();
		const stage = functionStage({ workload: { ...definition.workload, inClusterService: null } });
		const workload = { ...definition.workload, inClusterService: "gone" };
		await stage.ports.catalog.publish({ ...stage.definition, workload });
		await reach(stage, "at everything");
		await stage.run(handlersOf(stage.ports).promoteCanary, payload());

		const out = move(stage, "canary");
		await expect(out).rejects.toMatchObject({ name: "InvalidWorkloadError" });
		await rollBack(stage);

		await expect(move(stage, "stable")).resolves.toEqual({ v: 1, kind: "absent", slot: "blue" });
	});

	it.each<[Station, "canary" | "stable", string]>([
		["exposed", "canary", "Rollout checkout-1 is trial; in-cluster callers move to canary in window only."],
		["promoted", "stable", "Rollout checkout-1 is window; in-cluster callers move to stable in rolling-back only."],
	])("given a rollout that is %s, do not move to %s", async (station, to, message) => {
		const stage = await stageAt(station);

		await expect(move(stage, to)).rejects.toMatchObject({ name: "RolloutMovedConflictError", message });
	});
});

describe("a move to the canary that comes late (promise 5)", () => {
	it("given a rollback that has moved them back, is refused by the Service's epoch", async () => {
		const stage = await stageAt("promoted");
		const { directInClusterService: really } = stage.ports.workloads;
		const workloads = {
			...stage.ports.workloads,
			directInClusterService: async (...request: Parameters<typeof really>) => {
				await rollBack(stage);
				await move(stage, "stable");
				await really(...request);
			},
		};

		const late = move(stage, "canary", { ...stage.ports, workloads });

		await expect(late).rejects.toMatchObject({ name: "SlotEpochConflictError" });
		expect((await stage.slots()).inCluster).toBe("blue");
	});
});
