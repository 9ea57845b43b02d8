import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";

const reconcile = async (stage: FunctionStage): Promise<unknown> => {
	await stage.pass(1);
	return stage.run(handlersOf(stage.ports).reconcileServices, { source: "aws.events" });
};

describe("seats and what is under way", () => {
	it("given a seat whose rollout has ended, a service that was removed and a name that is none, frees all three", async () => {
		const stage = functionStage({ maxConcurrentTrials: 5 });
		await reach(stage, "exposed");
		for (const stale of ["checkout-9", "removed-1", "nonsense"]) await stage.ports.seats.grant(stale);

		await reconcile(stage);

		expect(await stage.ports.seats.list()).toEqual(["checkout-1"]);
		expect(stage.telemetry.counters.get("Reconciled{action=seats}")).toBe(1);
	});

	it("given an end that died between idle and the seat, frees it within a minute", async () => {
		const stage = functionStage({ maxConcurrentTrials: 1 });
		await reach(stage, "exposed");
		await rollBack(stage);
		let updates = 0;
		const dies = (operation: string): boolean => operation === "dynamodb:UpdateItem" && ++updates === 3;
		stage.caller.failNext({ matches: dies, moment: "before-effect" });
		await finishRollback(stage).catch((error: unknown) => error);
		const left = await stage.ports.seats.list();

		await reconcile(stage);

		expect(stage.state().phase).toBe("idle");
		expect(left).toEqual(["checkout-1"]);
		expect(await stage.ports.seats.list()).toEqual([]);
	});

	it("given a rollout that began before there was a limit, counts it as soon as anybody counts", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await reconcile(stage);
		const uncounted = await stage.ports.seats.list();
		await stage.ports.seats.grant("removed-1");

		await reconcile(stage);

		expect(uncounted).toEqual([]);
		expect(await stage.ports.seats.list()).toEqual(["checkout-1"]);
	});

	it("given seats that cannot be read, sees to services all the same", async () => {
		const stage = functionStage();
		const seats = { ...stage.ports.seats, list: () => Promise.reject(new Error("no answer")) };

		await expect(
			stage.run(handlersOf({ ...stage.ports, seats }).reconcileServices, { source: "aws.events" }),
		).resolves.toMatchObject({ kind: "reconciled" });

		expect(stage.telemetry.counters.get("NotReconciled")).toBe(1);
	});
});
