import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack, type Station } from "../rollout-journey.ts";

interface Look {
	readonly zeroConfirmedAtEpochMs: number;
	readonly wasExposed?: boolean;
	readonly lookIndex?: number;
}

const observe = (stage: FunctionStage, { wasExposed = true, lookIndex = 0, ...look }: Look): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).observeZero, payload({ ...look, wasExposed, lookIndex }));

/** A rollback after a minute of traffic, and when it was confirmed. */
const rolledBackFrom = async (station: Station) => {
	const stage = functionStage();
	await reach(stage, station);
	await stage.pass(63);
	await rollBack(stage);
	return { stage, zeroConfirmedAtEpochMs: stage.clock.nowEpochMs() };
};

describe("observing zero", () => {
	it("given users who still reach the canary, or no complete bucket yet, asks to be called again", async () => {
		const { stage, zeroConfirmedAtEpochMs } = await rolledBackFrom("exposed");

		const answer = await observe(stage, { zeroConfirmedAtEpochMs, lookIndex: 3 });

		expect(answer).toEqual({ v: 1, kind: "wait", waitSeconds: 10, lookIndex: 4 });
		expect(stage.state().rollback?.zeroObservedAtEpochMs).toBeUndefined();
	});

	it("given a whole bucket in which only stable was asked, records its beginning and says so", async () => {
		const { stage, zeroConfirmedAtEpochMs } = await rolledBackFrom("exposed");
		await stage.pass(40);

		const answer = await observe(stage, { zeroConfirmedAtEpochMs });

		expect(answer).toEqual({ v: 1, kind: "observed", waitSeconds: 0, lookIndex: 1 });
		const zeroObservedAtEpochMs = stage.state().rollback?.zeroObservedAtEpochMs ?? 0;
		expect(zeroObservedAtEpochMs % 10_000).toBe(0);
		expect(zeroObservedAtEpochMs).toBeGreaterThanOrEqual(zeroConfirmedAtEpochMs);
		expect(stage.world.traffic.of("checkout").lastRequestAtEpochMs("green")).toBeLessThanOrEqual(zeroObservedAtEpochMs);
		expect(stage.said.at(-1)).toMatchObject({ kind: "rollout.drained.v1", detail: { zeroObservedAtEpochMs } });
	});

	it("given a bucket of which only stable has published so far, does not take the canary's silence for zero", async () => {
		const { stage } = await rolledBackFrom("exposed");
		const bucketEpochMs = Math.ceil(stage.clock.nowEpochMs() / 10_000) * 10_000;
		await stage.pass((bucketEpochMs + 10_000 + 4_999 - stage.clock.nowEpochMs()) / 1_000);

		const answer = await observe(stage, { zeroConfirmedAtEpochMs: bucketEpochMs - 1 });

		expect(answer).toMatchObject({ kind: "wait" });
	});

	it("given a source that says nothing of either slot, does not call that zero", async () => {
		const { stage, zeroConfirmedAtEpochMs } = await rolledBackFrom("exposed");
		stage.world.traffic.stop();
		await stage.pass(60);

		await expect(observe(stage, { zeroConfirmedAtEpochMs: zeroConfirmedAtEpochMs + 20_000 })).resolves.toMatchObject({
			kind: "wait",
		});
	});

	it("given the last look, gives up and says that nothing was seen", async () => {
		const { stage, zeroConfirmedAtEpochMs } = await rolledBackFrom("exposed");

		const answers = [
			await observe(stage, { zeroConfirmedAtEpochMs, lookIndex: 18 }),
			await observe(stage, { zeroConfirmedAtEpochMs, lookIndex: 19 }),
		];

		expect(answers).toMatchObject([{ kind: "wait" }, { kind: "unseen", lookIndex: 20 }]);
	});

	it("given a canary that never had a share, has nothing to wait for and asks no source", async () => {
		const { stage, zeroConfirmedAtEpochMs } = await rolledBackFrom("opened");

		const answer = await observe(stage, { zeroConfirmedAtEpochMs, wasExposed: false });

		expect(answer).toMatchObject({ kind: "observed" });
		expect(stage.state().rollback?.zeroObservedAtEpochMs).toBe(zeroConfirmedAtEpochMs);
		expect(stage.caller.operations).not.toContain("cloudwatch:GetMetricData");
	});

	it("given a source that cannot be read, says so by name, and the machine waits out the drain", async () => {
		const { stage, zeroConfirmedAtEpochMs } = await rolledBackFrom("exposed");
		await stage.pass(40);
		const isMetrics = (operation: string): boolean => operation === "cloudwatch:GetMetricData";
		stage.caller.failNext({ matches: isMetrics, moment: "before-effect" });

		await expect(observe(stage, { zeroConfirmedAtEpochMs })).rejects.toMatchObject({
			name: "MeasurementsUnavailableError",
		});
	});

	it("given a rollout that does not roll back, reports no drain", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");

		const answer = observe(stage, { zeroConfirmedAtEpochMs: stage.clock.nowEpochMs(), wasExposed: false });

		await expect(answer).rejects.toMatchObject({ name: "RolloutMovedConflictError" });
		expect(stage.said.map(({ kind }) => kind)).not.toContain("rollout.drained.v1");
	});
});
