import { describe, expect, it } from "vitest";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { isHarmless } from "../function-calls.ts";
import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, rollBack, stageAt } from "../rollout-journey.ts";

const ensure = (
	stage: FunctionStage,
	weightPercent: number | null,
	sinceEpochMs: number | null = null,
): Promise<unknown> => stage.run(handlersOf(stage.ports).ensureCapacity, payload({ weightPercent, sinceEpochMs }));

describe("capacity for a step", () => {
	it("given a canary whose pods are ready but not healthy at the load balancer yet, waits and says so", async () => {
		const stage = await stageAt("opened");

		const answer = await ensure(stage, 25);

		expect(answer).toEqual({
			v: 1,
			kind: "wait",
			waitSeconds: 5,
			sinceEpochMs: stage.clock.nowEpochMs(),
			explanation: "canary has 0 of 1 targets healthy in its target group",
			wantedReplicas: 1,
		});
	});

	it("given that everything is there, is ready and writes nothing", async () => {
		const stage = await stageAt("exposed");

		await expect(ensure(stage, 25)).resolves.toMatchObject({ kind: "ready", explanation: "" });

		expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual([]);
	});

	it("given no weight, as while a person is asked, keeps what the one on record needs and asks for no more", async () => {
		const stage = await stageAt("exposed");
		const before = await stage.slots();

		await expect(ensure(stage, null)).resolves.toMatchObject({ kind: "ready" });

		expect(await stage.slots()).toEqual(before);
	});

	it("given a larger weight, raises the canary to its share of N and keeps stable at all of N", async () => {
		const stage = await stageAt("exposed");

		const answer = await ensure(stage, 100);

		expect(answer).toMatchObject({ kind: "wait", explanation: expect.stringContaining("of 4 pods ready") });
		expect(await stage.slots()).toMatchObject({ blue: { minReplicas: 4 }, green: { minReplicas: 4 } });
	});

	it("given a canary that has users and no target left, goes back instead of waiting for more pods", async () => {
		const stage = await stageAt("exposed");
		const { green } = stage.definition.route.targetGroupArns;
		const pod = `${stage.definition.workload.clusterName}/shop/checkout-green#0`;
		stage.world.targetGroups.seed(green, pod, "unhealthy");

		const answers = [
			await ensure(stage, 100),
			await stage.run(
				handlersOf(stage.ports).ensureCapacity,
				payload({ v: 1, weightPercent: 100, sinceEpochMs: null }),
			),
		];

		expect(answers).toMatchObject([
			{ kind: "roll-back", cause: { kind: "verdict", explanation: expect.stringContaining("0 of 1 targets healthy") } },
			{ kind: "wait" },
		]);
	});

	it("given a selector that somebody moved, puts it right once and then says whose hand it is not", async () => {
		const stage = await stageAt("exposed");
		const key = objectKey(stage.definition.workload, "checkout");
		const move = (): void => stage.world.cluster.putService(key, "green", 0);
		const look = (selector: string): Promise<unknown> =>
			stage.run(handlersOf(stage.ports).ensureCapacity, payload({ weightPercent: null, sinceEpochMs: null, selector }));

		move();
		const first = await look("untouched");
		const after = (await stage.slots()).inCluster;
		move();
		const second = await look("mended");

		expect(first).toMatchObject({ kind: "ready", selector: "mended" });
		expect(after).toBe("blue");
		expect(second).toMatchObject({
			kind: "external-writer",
			selector: "mended",
			explanation: expect.stringContaining("In-cluster Service checkout selects slot green"),
		});
		expect((await stage.slots()).inCluster).toBe("green");
	});

	it("given an in-cluster Service that is gone, says so at once: nobody can put that right", async () => {
		const stage = await stageAt("exposed");
		const workload = { ...stage.definition.workload, inClusterService: "gone" };
		const readPinned = async () => ({ ...stage.definition, workload });
		const ports = { ...stage.ports, catalog: { ...stage.ports.catalog, readPinned } };

		const answer = await stage.run(
			handlersOf(ports).ensureCapacity,
			payload({ weightPercent: null, sinceEpochMs: null, selector: "untouched" }),
		);

		expect(answer).toMatchObject({ kind: "external-writer", explanation: expect.stringContaining("is missing") });
	});

	it("given more load than at the start, holds stable at what runs and measures the canary by it", async () => {
		const stage = await stageAt("exposed");
		stage.world.traffic.of("checkout").setRates({ outside: () => 300 });
		await stage.pass(60);

		await ensure(stage, 100);

		const { blue, green } = await stage.slots();
		expect(blue.minReplicas).toBeGreaterThan(4);
		expect(green.minReplicas).toBe(blue.minReplicas);
	});

	it("given that load falls again, never lowers stable", async () => {
		const stage = await stageAt("exposed");
		stage.world.traffic.of("checkout").setRates({ outside: () => 300 });
		await stage.pass(60);
		await ensure(stage, 25);
		const held = (await stage.slots()).blue.minReplicas;
		stage.world.traffic.of("checkout").setRates({ outside: () => 50 });
		await stage.pass(900);

		await ensure(stage, 25);

		expect((await stage.slots()).blue.minReplicas).toBe(held);
	});

	it("given a wait that began longer ago than the deadline, is short and not waiting any more", async () => {
		const stage = await stageAt("exposed");
		const now = stage.clock.nowEpochMs();

		const inTime = await ensure(stage, 100, now - 599_000);
		const tooLate = await ensure(stage, 100, now - 600_000);

		expect(inTime).toMatchObject({ kind: "wait", sinceEpochMs: now - 599_000 });
		expect(tooLate).toMatchObject({ kind: "short", explanation: expect.stringContaining("of 4 pods ready") });
	});
});

describe("capacity in the window", () => {
	it("given a serving slot that grows, lets the slot that a rollback would use grow with it", async () => {
		const stage = await stageAt("promoted");
		stage.world.traffic.of("checkout").setRates({ outside: () => 300 });
		await stage.pass(60);

		const answer = await ensure(stage, 100);

		const { blue, green } = await stage.slots();
		expect(green.wantedReplicas).toBeGreaterThan(4);
		expect(blue.minReplicas).toBe(green.wantedReplicas);
		expect(answer).toMatchObject({ kind: "wait", explanation: expect.stringContaining("stable has") });
	});
});

describe("a call that comes late", () => {
	it("given roles that have changed, is stopped by the fence of the slot", async () => {
		const stage = await stageAt("closed");
		stage.world.traffic.of("checkout").setRates({ outside: () => 300 });
		await stage.pass(60);
		const before = (await stage.slots()).green.minReplicas;

		await expect(ensure(stage, 100)).rejects.toMatchObject({ name: "SlotEpochConflictError" });

		expect((await stage.slots()).green.minReplicas).toBe(before);
	});

	it("given a rollback that is under way, moves no traffic", async () => {
		const stage = await stageAt("exposed");
		await rollBack(stage);
		const before = await stage.rules();

		await ensure(stage, 100);

		expect(await stage.rules()).toEqual(before);
		expect((await stage.slots()).blue.minReplicas).toBe(4);
	});
});
