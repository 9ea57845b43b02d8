import { describe, expect, it } from "vitest";
import { isHarmless } from "../function-calls.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack, type Station } from "../rollout-journey.ts";

const ensure = (
	stage: FunctionStage,
	weightPercent: number | null,
	sinceEpochMs: number | null = null,
): Promise<unknown> => stage.run(handlersOf(stage.ports).ensureCapacity, payload({ weightPercent, sinceEpochMs }));

const stageAt = async (station: Station): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, station);
	return stage;
};

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
