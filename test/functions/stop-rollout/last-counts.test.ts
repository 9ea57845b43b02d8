import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack } from "../rollout-journey.ts";

const stop = (stage: FunctionStage): Promise<unknown> =>
	stage.run(
		handlersOf(stage.ports).stopRollout,
		payload({ zeroConfirmedAtEpochMs: Math.floor(stage.clock.nowEpochMs()) }),
	);

const saidCounts = (stage: FunctionStage) => {
	const said = stage.said.findLast(({ kind }) => kind === "rollout.rolled-back.v1");
	return said?.kind === "rollout.rolled-back.v1" ? said.detail.counts : undefined;
};

describe("what a rollback says of both slots", () => {
	it("given a canary that served users for two minutes, says what each slot answered since", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const { exposedAtEpochMs = 0 } = stage.state();
		await stage.pass(120);
		await rollBack(stage);

		await stop(stage);

		const counts = saidCounts(stage);
		expect(counts?.sinceEpochMs).toBeLessThanOrEqual(exposedAtEpochMs);
		expect(counts?.canary.requests).toBeGreaterThan(0);
		expect(counts?.stable.requests).toBeGreaterThan(2 * (counts?.canary.requests ?? 0));
	});

	it("given a canary that was never exposed, says nothing of it", async () => {
		const stage = functionStage();
		await reach(stage, "opened");
		await rollBack(stage);

		await stop(stage);

		expect(saidCounts(stage)).toBeNull();
	});

	it("given metrics that cannot be read, says why traffic went back all the same", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await stage.pass(120);
		await rollBack(stage);
		stage.caller.failNext({
			matches: (operation) => operation === "cloudwatch:GetMetricData",
			moment: "before-effect",
		});

		await expect(stop(stage)).resolves.toMatchObject({ kind: "stopped" });

		expect(saidCounts(stage)).toBeNull();
		expect(stage.telemetry.lines.at(-1)).toMatchObject({ level: "warn", message: "counts of a rollback not read" });
	});
});
