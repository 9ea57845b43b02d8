import { describe, expect, it } from "vitest";
import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, rollBack } from "../rollout-journey.ts";
import { apply, ask, askedAt, asking, command, executionOf, saidOf } from "./commands.ts";

const lapse = (stage: FunctionStage, askedAtEpochMs: number): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).awaitPerson, payload({ askedAtEpochMs, hasLapsed: true }));

describe("two approvals", () => {
	const two = { approvers: [], needed: 2 };

	it("given the first, says so and goes on waiting; given the second, goes on", async () => {
		const stage = await asking(two);

		await expect(apply(stage, command(stage, { by: "AROA:ana" }))).resolves.toEqual({ v: 1, kind: "recorded" });
		expect(executionOf(stage, "checkout-1")?.status).toBe("RUNNING");
		await expect(apply(stage, command(stage, { by: "AROA:ben" }))).resolves.toEqual({ v: 1, kind: "answered" });
		await stage.pass(1);

		expect(executionOf(stage, "checkout-1")?.status).toBe("SUCCEEDED");
		// The first once more, under the same id, by whoever completes them.
		expect(saidOf(stage, "rollout.approved.v1")).toMatchObject([
			{ by: "AROA:ana", approvals: 1, approvalsNeeded: 2 },
			{ by: "AROA:ana", approvals: 1, approvalsNeeded: 2 },
			{ by: "AROA:ben", approvals: 2, approvalsNeeded: 2 },
		]);
		expect(saidOf(stage, "rollout.resumed.v1")).toMatchObject([{ by: "AROA:ben" }]);
		expect(stage.state().pause).toBeUndefined();
	});

	it.each(["AROA:ana", "AROAOTHER:ana"])("given %s a second time, refuses: one person counts once", async (by) => {
		const stage = await asking(two);
		await apply(stage, command(stage, { by: "AROA:ana" }));
		await stage.pass(5);

		await expect(apply(stage, command(stage, { by }))).resolves.toMatchObject({
			reason: `${by} has approved this already. It has 1 of 2 approvals, by AROA:ana.`,
		});
		expect(stage.state().pause?.answers).toHaveLength(1);
	});

	it("given the first delivered twice, says the same once more and counts it once", async () => {
		const stage = await asking(two);
		const once = command(stage);
		await apply(stage, once);

		await expect(apply(stage, once)).resolves.toEqual({ v: 1, kind: "recorded" });

		expect(new Set(stage.said.filter(({ kind }) => kind === "rollout.approved.v1").map(({ id }) => id)).size).toBe(1);
		expect(stage.state().pause?.answers).toHaveLength(1);
	});

	it("given a first that is on record and was never said, whoever completes them says both", async () => {
		const stage = await asking(two);
		stage.caller.failNext({ matches: (called) => called === "dynamodb:UpdateItem", moment: "after-effect" });
		await expect(apply(stage, command(stage, { by: "ana" }))).rejects.toThrow();

		await expect(apply(stage, command(stage, { by: "ben" }))).resolves.toEqual({ v: 1, kind: "answered" });

		expect(saidOf(stage, "rollout.approved.v1")).toMatchObject([
			{ by: "ana", approvals: 1 },
			{ by: "ben", approvals: 2 },
		]);
	});

	it("given two people at once, neither is lost", async () => {
		const stage = await asking(two);
		const { write } = stage.ports.store;
		let isFirst = true;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				if (isFirst) {
					isFirst = false;
					await apply(stage, command(stage, { by: "ben" }));
				}
				return write(...request);
			},
		};

		const answer = await stage.run(handlersOf({ ...stage.ports, store }).applyCommand, command(stage, { by: "ana" }));

		expect(answer).toEqual({ v: 1, kind: "answered" });
		expect(saidOf(stage, "rollout.approved.v1")).toMatchObject([
			{ by: "ben", approvals: 1 },
			{ by: "ben", approvals: 1 },
			{ by: "ana", approvals: 2 },
		]);
	});

	it("given an attempt at asking that failed after the first, the next attempt keeps it", async () => {
		const stage = await asking(two);
		await apply(stage, command(stage, { by: "ana" }));

		await ask(stage, { ...two, askedAtEpochMs: askedAt(stage), token: "token-2" });

		expect(stage.state().pause).toMatchObject({ token: "token-2", answers: [{ by: "ana" }] });
	});
});

describe("who asked for the release", () => {
	it.each(["AROA:ana", "AROAOTHER:ana"])("given one approval, %s is refused, and somebody else is not", async (by) => {
		const stage = await asking({ approvers: [], pusher: "AROA:ana" });

		await expect(apply(stage, command(stage, { by }))).resolves.toMatchObject({
			reason: `${by} asked for this release (AROA:ana) and may not approve it alone; allowed is somebody else`,
		});
		await expect(apply(stage, command(stage, { by: "AROA:ben" }))).resolves.toMatchObject({ kind: "answered" });
	});

	it("given two approvals, may give one of them", async () => {
		const stage = await asking({ approvers: [], needed: 2, pusher: "ana" });

		await expect(apply(stage, command(stage, { by: "ana" }))).resolves.toMatchObject({ kind: "recorded" });
		await expect(apply(stage, command(stage, { by: "ben" }))).resolves.toMatchObject({ kind: "answered" });
	});
});

describe("an answer that is cut off", () => {
	const operations = ["dynamodb:UpdateItem", "states:SendTaskSuccess", "events:PutEvents"] as const;
	const moments = ["before-effect", "after-effect"] as const;

	it.each(operations.flatMap((operation) => moments.map((moment) => [operation, moment] as const)))(
		"given %s lost %s, the next delivery sees it through, and it was said once",
		async (operation, moment) => {
			const stage = await asking();
			const once = command(stage);
			stage.caller.failNext({ matches: (called) => called === operation, moment });
			await expect(apply(stage, once)).rejects.toThrow();

			await expect(apply(stage, once)).resolves.toEqual({ v: 1, kind: "answered" });
			await stage.pass(1);

			expect(executionOf(stage, "checkout-1")).toMatchObject({ status: "SUCCEEDED", output: { by: "ana" } });
			const resumed = stage.said.filter(({ kind }) => kind === "rollout.resumed.v1");
			expect(new Set(resumed.map(({ id }) => id)).size).toBe(1);
			expect(stage.state().pause).toBeUndefined();
		},
	);

	it("given the last write lost, which forgets the question, the next delivery forgets it", async () => {
		const stage = await asking();
		const once = command(stage);
		const matches = (operation: string): boolean =>
			operation === "dynamodb:UpdateItem" && stage.said.at(-1)?.kind === "rollout.resumed.v1";
		stage.caller.failNext({ matches, moment: "before-effect" });
		await expect(apply(stage, once)).rejects.toThrow();
		expect(stage.state().pause?.answeredBy?.by).toBe("ana");

		await expect(apply(stage, once)).resolves.toEqual({ v: 1, kind: "answered" });

		expect(stage.state().pause).toBeUndefined();
	});

	it("given an answer that was never delivered again, the next person is refused, and sees it through", async () => {
		const stage = await asking({ approvers: [] });
		stage.caller.failNext({ matches: (called) => called === "states:SendTaskSuccess", moment: "before-effect" });
		await expect(apply(stage, command(stage))).rejects.toThrow();

		await expect(apply(stage, command(stage, { by: "ben" }))).resolves.toMatchObject({
			kind: "refused",
			reason: "ana has answered it already (approve)",
		});
		await stage.pass(1);

		expect(executionOf(stage, "checkout-1")).toMatchObject({ status: "SUCCEEDED", output: { by: "ana" } });
	});
});

describe("an answer in the moment in which its question lapses", () => {
	const answer = (stage: FunctionStage) => apply(stage, command(stage));

	it("given that it was first on record, counts, though nothing waits for its token any more", async () => {
		const stage = await asking({ token: "a token that has timed out" });
		const askedAtEpochMs = askedAt(stage);

		await expect(answer(stage)).resolves.toEqual({ v: 1, kind: "answered" });

		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "answered" });
		expect(saidOf(stage, "rollout.resumed.v1")).toHaveLength(1);
	});

	it("given that the question was taken back first, is refused and not said to have been given", async () => {
		const stage = await asking();
		const askedAtEpochMs = askedAt(stage);

		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "lapsed" });

		await expect(answer(stage)).resolves.toMatchObject({
			reason: expect.stringContaining("the rollout waits for nobody: it bakes at 25 %"),
		});
		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "lapsed" });
		expect(saidOf(stage, "rollout.resumed.v1")).toEqual([]);
	});

	it("given one that lands while the question is taken back, that is refused and finds it next time", async () => {
		const stage = await asking();
		const askedAtEpochMs = askedAt(stage);
		const { write } = stage.ports.store;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				await answer(stage);
				return write(...request);
			},
		};
		const event = payload({ askedAtEpochMs, hasLapsed: true });

		const first = stage.run(handlersOf({ ...stage.ports, store }).awaitPerson, event);

		await expect(first).rejects.toMatchObject({ name: "StoreConflictError" });
		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "answered" });
	});

	it("given one of two approvals, lapses all the same", async () => {
		const stage = await asking({ approvers: [], needed: 2 });
		const askedAtEpochMs = askedAt(stage);
		await answer(stage);

		await expect(lapse(stage, askedAtEpochMs)).resolves.toEqual({ v: 1, kind: "lapsed" });
	});

	it("given an attempt at asking after the answer, is not asked again", async () => {
		const stage = await asking();
		const askedAtEpochMs = askedAt(stage);
		await answer(stage);

		await expect(ask(stage, { askedAtEpochMs, token: "token-2" })).rejects.toMatchObject({
			name: "QuestionAnsweredConflictError",
		});
	});

	it("given a rollback that begins between record and token, says that it came too late", async () => {
		const stage = await asking({ token: "a token that has timed out" });
		const { answer: really } = stage.ports.executions;
		const executions = {
			...stage.ports.executions,
			answer: async (token: string, output: object) => {
				await rollBack(stage);
				await really(token, output);
			},
		};
		const event = command(stage);

		await expect(stage.run(handlersOf({ ...stage.ports, executions }).applyCommand, event)).resolves.toMatchObject({
			reason: "a rollback has begun before the answer came",
		});
		expect(saidOf(stage, "rollout.resumed.v1")).toEqual([]);
	});
});
