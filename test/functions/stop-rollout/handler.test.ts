import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack } from "../rollout-journey.ts";

const zeroConfirmedAtEpochMs = 1_700_000_090_000;

const stop = (stage: FunctionStage): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).stopRollout, payload({ zeroConfirmedAtEpochMs }));

const rolledBack = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "exposed");
	await rollBack(stage);
	return stage;
};

const statusOf = (stage: FunctionStage): string | undefined =>
	stage.engine.list().find(({ name }) => name === "checkout-1")?.status;

describe("ending a rollout that is rolled back", () => {
	it("given its execution, stops it, records when zero was confirmed and says why", async () => {
		const stage = await rolledBack();

		await expect(stop(stage)).resolves.toEqual({ v: 1, kind: "stopped" });

		expect(stage.engine.list()).toMatchObject([
			{ name: "checkout-1", status: "ABORTED", cause: "Rolled back: canary: 9.00 % errors" },
		]);
		expect(stage.state().rollback).toMatchObject({ kind: "verdict", zeroConfirmedAtEpochMs });
		expect(stage.said.at(-1)).toMatchObject({
			kind: "rollout.rolled-back.v1",
			detail: {
				cause: "verdict",
				explanation: "canary: 9.00 % errors",
				triggeredAtEpochMs: 1_700_000_000_000,
				zeroConfirmedAtEpochMs,
			},
		});
		expect(stage.telemetry.counters.get("RolledBack{cause=verdict}")).toBe(1);
	});

	it("given another execution that confirmed zero and said so before, says that moment and not its own", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await stop(stage);
		const later = payload({ zeroConfirmedAtEpochMs: zeroConfirmedAtEpochMs + 1_366 });

		await stage.run(handlersOf(stage.ports).stopRollout, later);

		expect(stage.state().rollback).toMatchObject({ zeroConfirmedAtEpochMs });
		const told = stage.said.filter(({ kind }) => kind === "rollout.rolled-back.v1");
		expect(told.map(({ detail }) => detail)).toMatchObject([{ zeroConfirmedAtEpochMs }, { zeroConfirmedAtEpochMs }]);
	});

	it("given a verdict, tells it before the rollback: on record, and at the moment at which it fell", async () => {
		const stage = await rolledBack();

		await stop(stage);

		expect(stage.said.slice(-2)).toMatchObject([
			{
				kind: "rollout.judged.v1",
				detail: {
					verdict: "roll-back",
					weightPercent: 25,
					reasons: ["canary: 9.00 % errors"],
					atEpochMs: 1_700_000_000_000,
				},
			},
			{ kind: "rollout.rolled-back.v1" },
		]);
	});

	it.each([
		["external-writer", ["foreign-edit"]],
		["alarm", []],
		["person", []],
		["execution-lost", []],
		["superseded", []],
	] as const)("given %s as the cause, tells %j as a judgement of Sluice's own", async (kind, verdicts) => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage, { kind });

		await stop(stage);

		const judged = stage.said.flatMap((event) => (event.kind === "rollout.judged.v1" ? [event.detail.verdict] : []));
		expect(judged).toEqual(verdicts);
	});

	it("given an execution that never was, goes on", async () => {
		const stage = functionStage();
		stage.caller.failNext({
			matches: (operation) => operation === "states:StartExecution",
			moment: "before-effect",
		});
		await expect(reach(stage, "admitted")).rejects.toMatchObject({ name: "ExecutionsUnavailableError" });
		await rollBack(stage);

		await expect(stop(stage)).resolves.toMatchObject({ kind: "stopped" });
	});

	it("given the same call again, says the same under the same id", async () => {
		const stage = await rolledBack();
		await stop(stage);

		await expect(stop(stage)).resolves.toMatchObject({ kind: "stopped" });

		for (const told of ["rollout.judged.v1", "rollout.rolled-back.v1"]) {
			const said = stage.said.filter(({ kind }) => kind === told);
			expect(said).toHaveLength(2);
			expect(new Set(said.map(({ id }) => id)).size).toBe(1);
		}
	});

	it("given a rollout that goes on, does not stop it", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");

		await expect(stop(stage)).rejects.toMatchObject({
			name: "RolloutMovedConflictError",
			message: "Rollout checkout-1 is not rolling back: checkout is trial.",
		});

		expect(statusOf(stage)).toBe("RUNNING");
	});
});
