import { describe, expect, it } from "vitest";
import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, rollBack } from "../rollout-journey.ts";
import { apply, askedAt, asking, command, executionOf, pushedBy, saidOf } from "./commands.ts";

describe("while nobody knows who pushed", () => {
	const unknown = { approvers: [], pusher: null };
	const reconcile = (stage: FunctionStage) => stage.run(handlersOf(stage.ports).reconcileServices, {});
	const lapse = (stage: FunctionStage, askedAtEpochMs: number, ports: Partial<FunctionStage["ports"]> = {}) =>
		stage.run(handlersOf({ ...stage.ports, ...ports }).awaitPerson, payload({ askedAtEpochMs, hasLapsed: true }));

	it("given one approval, counts it as one of two and goes on waiting", async () => {
		const stage = await asking(unknown);

		await expect(apply(stage, command(stage, { by: "AROA:ana" }))).resolves.toEqual({ v: 1, kind: "recorded" });
		await reconcile(stage);
		await stage.pass(1);

		expect(executionOf(stage, "checkout-1")?.status).toBe("RUNNING");
		expect(saidOf(stage, "rollout.approved.v1")).toMatchObject([{ by: "AROA:ana", approvals: 1, approvalsNeeded: 2 }]);
	});

	it("given a second person, goes on: one of the two has not pushed", async () => {
		const stage = await asking(unknown);
		await apply(stage, command(stage, { by: "AROA:ana" }));

		await expect(apply(stage, command(stage, { by: "AROAOTHER:ana" }))).resolves.toMatchObject({
			reason:
				"AROAOTHER:ana has approved this already. It has 1 of 2 approvals, by AROA:ana; one is enough once CloudTrail has told that somebody else pushed the image, minutes after the push.",
		});
		await expect(apply(stage, command(stage, { by: "AROA:ben" }))).resolves.toEqual({ v: 1, kind: "answered" });
	});

	it("given that somebody else turns out to have pushed, goes on at the reconciler's next look", async () => {
		const stage = await asking(unknown);
		await apply(stage, command(stage, { by: "AROA:ana" }));
		pushedBy(stage, "AROA:ben");
		await stage.pass(30);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: answered"] });
		await stage.pass(1);

		expect(executionOf(stage, "checkout-1")).toMatchObject({ status: "SUCCEEDED", output: { by: "AROA:ana" } });
		expect(saidOf(stage, "rollout.resumed.v1")).toMatchObject([{ by: "AROA:ana" }]);
		expect(stage.state().pause).toBeUndefined();
		expect(stage.state().pausedSeconds).toBe(35);
	});

	it("given that somebody else turns out to have pushed, and the question lapses before that look, counts", async () => {
		const stage = await asking(unknown);
		const askedAtEpochMs = askedAt(stage);
		await apply(stage, command(stage, { by: "AROA:ana" }));
		pushedBy(stage, "AROA:ben");

		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "answered" });
		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "answered" });

		expect(stage.state().answeredAtEpochMs).toBe(askedAtEpochMs);
		expect(saidOf(stage, "rollout.resumed.v1")).toMatchObject([{ by: "AROA:ana" }]);
	});

	it("given a question that lapses while that look is on record and no further, it is not taken back", async () => {
		const stage = await asking(unknown);
		const askedAtEpochMs = askedAt(stage);
		await apply(stage, command(stage, { by: "AROA:ana" }));
		const { write } = stage.ports.store;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				pushedBy(stage, "AROA:ben");
				stage.caller.failNext({ matches: (called) => called === "states:SendTaskSuccess", moment: "before-effect" });
				await reconcile(stage);
				return write(...request);
			},
		};

		await expect(lapse(stage, askedAtEpochMs, { store })).rejects.toMatchObject({ name: "StoreConflictError" });

		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "answered" });
	});

	it("given a rollback that begins in the moment of that look, does not say that the rollout goes on", async () => {
		const stage = await asking({ ...unknown, token: "a token that has timed out" });
		await apply(stage, command(stage, { by: "AROA:ana" }));
		pushedBy(stage, "AROA:ben");
		const { answer } = stage.ports.executions;
		const executions = {
			...stage.ports.executions,
			answer: async (...request: Parameters<typeof answer>) => {
				await rollBack(stage);
				return answer(...request);
			},
		};

		await expect(stage.run(handlersOf({ ...stage.ports, executions }).reconcileServices, {})).resolves.toMatchObject({
			actions: ["checkout: goes back meanwhile"],
		});
		expect(saidOf(stage, "rollout.resumed.v1")).toEqual([]);
	});

	it("given that the approver turns out to have pushed, the question lapses all the same", async () => {
		const stage = await asking(unknown);
		const askedAtEpochMs = askedAt(stage);
		await apply(stage, command(stage, { by: "AROA:ana" }));
		pushedBy(stage, "AROACI:ana");

		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "lapsed" });
	});

	it("given that the approver turns out to have pushed, waits for somebody else", async () => {
		const stage = await asking(unknown);
		await apply(stage, command(stage, { by: "AROA:ana" }));
		pushedBy(stage, "AROACI:ana");

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: driven"] });
		expect(executionOf(stage, "checkout-1")?.status).toBe("RUNNING");
		await expect(apply(stage, command(stage, { by: "AROA:ben" }))).resolves.toEqual({ v: 1, kind: "answered" });
	});

	it("given a configuration that accepts it, one approval is enough", async () => {
		const stage = await asking({ ...unknown, onUnknownPusher: "accept" });

		await expect(apply(stage, command(stage, { by: "AROA:ana" }))).resolves.toEqual({ v: 1, kind: "answered" });
	});

	it.each(["dynamodb:UpdateItem", "states:SendTaskSuccess"])(
		"given a reconciler that dies at %s, its next look sees the answer through",
		async (operation) => {
			const stage = await asking(unknown);
			await apply(stage, command(stage, { by: "AROA:ana" }));
			pushedBy(stage, "AROA:ben");
			const moment = operation === "dynamodb:UpdateItem" ? "after-effect" : "before-effect";
			stage.caller.failNext({ matches: (called) => called === operation, moment });
			await reconcile(stage);

			await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: answered"] });
			await stage.pass(1);

			expect(executionOf(stage, "checkout-1")).toMatchObject({ status: "SUCCEEDED", output: { by: "AROA:ana" } });
			expect(stage.state().pause).toBeUndefined();
		},
	);
});
