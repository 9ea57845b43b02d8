import { describe, expect, it } from "vitest";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { canaryDigest, type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, payload, reach, rollBack } from "../rollout-journey.ts";

const prepare = (stage: FunctionStage, sinceEpochMs: number | null = null): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).prepareCanary, payload({ sinceEpochMs }));

const admitted = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "admitted");
	return stage;
};

describe("preparing the canary", () => {
	it("given an idle slot, deploys the release with the rollout's epoch and asks to be called again", async () => {
		const stage = await admitted();

		await expect(prepare(stage)).resolves.toEqual({
			v: 1,
			kind: "wait",
			waitSeconds: 5,
			sinceEpochMs: stage.clock.nowEpochMs(),
		});

		expect((await stage.slots()).green).toMatchObject({ imageDigest: canaryDigest, epoch: 1, wantedReplicas: 1 });
		expect((await stage.slots()).blue).toMatchObject({ epoch: 0, wantedReplicas: 4 });
	});

	it("given a stable slot whose autoscaler stands still, says so once for the rollout and goes on", async () => {
		const stage = await admitted();
		const autoscaler = stage.world.cluster.autoscaler(objectKey(stage.definition.workload, "checkout-blue"));
		autoscaler?.standStill(4);

		await expect(prepare(stage)).resolves.toMatchObject({ kind: "wait" });
		await prepare(stage);
		await prepare(stage, stage.clock.nowEpochMs());

		const said = stage.said.filter(({ kind }) => kind === "service.autoscaler-ambiguous.v1");
		expect(new Set(said.map(({ id }) => id)).size).toBe(1);
		expect(said).toHaveLength(2);
		expect(said[0]?.detail).toMatchObject({ autoscaler: "checkout-blue", service: "checkout" });
	});

	it("given pods that start, waits without deploying anew, and is ready when they are", async () => {
		const stage = await admitted();
		await prepare(stage);
		stage.caller.calls.length = 0;

		const starting = await prepare(stage);
		await stage.pass(30);
		const started = await prepare(stage);

		expect(starting).toMatchObject({ kind: "wait", waitSeconds: 5 });
		expect(started).toMatchObject({ v: 1, kind: "ready" });
		expect(stage.caller.operations.filter((operation) => operation.includes(":patch:"))).toEqual([]);
	});

	it("given pods that never become ready, waits to the deadline and then says how many were", async () => {
		const stage = await admitted();
		stage.world.versions.define(canaryDigest, { neverReady: true });
		const sinceEpochMs = stage.clock.nowEpochMs();
		await prepare(stage);
		await stage.pass(599);
		const justBefore = await prepare(stage, sinceEpochMs);
		await stage.pass(1);

		const answer = await prepare(stage, sinceEpochMs);

		expect(justBefore).toMatchObject({ kind: "wait" });
		expect(answer).toEqual({
			v: 1,
			kind: "roll-back",
			sinceEpochMs,
			cause: {
				kind: "not-ready",
				explanation: "0 of 1 pods were ready after 600 s; allowed are 600 s.",
				triggeredAtEpochMs: stage.clock.nowEpochMs(),
			},
		});
	});

	it("given a start that was made good long after admission, has the whole deadline from the first look on", async () => {
		const stage = await admitted();
		await stage.pass(3_600);

		await expect(prepare(stage)).resolves.toMatchObject({ kind: "wait", sinceEpochMs: stage.clock.nowEpochMs() });

		expect((await stage.slots()).green).toMatchObject({ imageDigest: canaryDigest, epoch: 1 });
	});

	it("given a machine of the version before, which carries no first look, counts from admission as it did", async () => {
		const stage = await admitted();
		await stage.pass(600);

		const answer = await stage.run(handlersOf(stage.ports).prepareCanary, payload({ v: 1 }));

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "not-ready" } });
	});

	it("given content that is gone, says so by name: trying again cannot help", async () => {
		const stage = functionStage();
		await reach(stage, "admitted");
		const { contentHash = "" } = stage.state().release ?? {};
		const { workload } = stage.definition;
		stage.world.cluster.configMaps.delete(objectKey(workload, `${workload.deployment}-content-${contentHash}`));

		await expect(prepare(stage)).rejects.toMatchObject({
			name: "InvalidWorkloadError",
			message: expect.stringContaining(`Content ${contentHash}`),
		});
	});
});

describe("a preparation that comes late", () => {
	it("given a rollback that is under way, deploys nothing", async () => {
		const stage = await admitted();
		await rollBack(stage);

		await expect(prepare(stage)).rejects.toMatchObject({
			name: "RolloutMovedConflictError",
			message: "Rollout checkout-1 is rolling-back, not preparing.",
		});

		expect((await stage.slots()).green.imageDigest).toBeNull();
	});

	it("given a slot that a newer rollout has deployed to, is refused by the fence", async () => {
		const stage = await admitted();
		const { deploy } = stage.ports.workloads;
		const workloads = {
			...stage.ports.workloads,
			deploy: async (...request: Parameters<typeof deploy>) => {
				await rollBack(stage);
				await finishRollback(stage);
				const [target, slot, release] = request;
				await deploy(target, slot, release, 3);
				await deploy(...request);
			},
		};

		const answer = stage.run(handlersOf({ ...stage.ports, workloads }).prepareCanary, payload());

		await expect(answer).rejects.toMatchObject({ name: "SlotEpochConflictError" });
		expect((await stage.slots()).green.epoch).toBe(3);
	});
});
