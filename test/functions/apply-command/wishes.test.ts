import { describe, expect, it } from "vitest";
import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { closingPayload, payload, stageAt } from "../rollout-journey.ts";
import { lookOnce, watchPayload, windowStep } from "../watch-canary/watching.ts";
import { apply, ask, asking, command, executionOf, saidOf } from "./commands.ts";

const promote = (stage: FunctionStage, fields: object = {}) =>
	apply(stage, command(stage, { verb: "promote", ...fields }));
const pause = (stage: FunctionStage, fields: object = {}) => apply(stage, command(stage, { verb: "pause", ...fields }));
const resume = (stage: FunctionStage, fields: object = {}) =>
	apply(stage, command(stage, { verb: "resume", ...fields }));

describe("a promotion", () => {
	it.each(["opened", "exposed", "promoted"] as const)(
		"given a rollout that is %s, is on record and said",
		async (station) => {
			const stage = await stageAt(station);

			await expect(promote(stage)).resolves.toEqual({ v: 1, kind: "recorded" });

			expect(stage.state().wish).toMatchObject({ verb: "promote", by: "ana", phase: stage.state().phase });
			expect(saidOf(stage, "rollout.promotion-asked.v1")).toMatchObject([{ by: "ana" }]);
		},
	);

	it("given a bake, ends it at the next look, and plans the rest in one go", async () => {
		const stage = await stageAt("exposed");
		await promote(stage);

		await expect(lookOnce(stage, watchPayload(stage))).resolves.toMatchObject({ kind: "pass" });
		await expect(stage.run(handlersOf(stage.ports).planStep, payload({ stepIndex: 0 }))).resolves.toMatchObject({
			kind: "step",
			step: { weightPercent: 100 },
			nextStepIndex: 2,
		});
	});

	it("given the window, closes it; given one that was asked for before, does not", async () => {
		const stage = await stageAt("at everything");
		await promote(stage);
		await stage.run(handlersOf(stage.ports).promoteCanary, payload());
		const event = watchPayload(stage, { mode: "window", step: windowStep });
		const close = () => stage.run(handlersOf(stage.ports).closeRollout, closingPayload());

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "keep-watching" });
		await expect(close()).resolves.toMatchObject({ kind: "not-yet" });
		await stage.pass(5);
		await promote(stage);

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "close" });
		await expect(close()).resolves.toMatchObject({ kind: "closed" });
	});

	it("given a question that is no approval, answers it as well", async () => {
		const stage = await asking({ reason: "undecided", approvers: [] });

		await expect(promote(stage, { by: "ben" })).resolves.toEqual({ v: 1, kind: "answered" });
		await stage.pass(1);

		expect(executionOf(stage, "checkout-1")).toMatchObject({ status: "SUCCEEDED", output: { verb: "promote" } });
		expect(stage.state()).toMatchObject({ wish: { verb: "promote", by: "ben" } });
		expect(stage.state().pause).toBeUndefined();
		expect(saidOf(stage, "rollout.resumed.v1")).toMatchObject([{ by: "ben", verb: "promote" }]);
	});

	it("given an approval that is open, takes nobody's place: it is still asked", async () => {
		const stage = await asking();

		await expect(promote(stage)).resolves.toEqual({ v: 1, kind: "recorded" });

		expect(executionOf(stage, "checkout-1")?.status).toBe("RUNNING");
		expect(stage.state().pause?.answeredBy).toBeUndefined();
		expect(saidOf(stage, "rollout.promotion-asked.v1")).toMatchObject([
			{ explanation: expect.stringContaining("approvals are still asked for") },
		]);
	});

	it.each(
		["dynamodb:UpdateItem", "states:SendTaskSuccess", "events:PutEvents"].flatMap((operation) =>
			(["before-effect", "after-effect"] as const).map((moment) => [operation, moment] as const),
		),
	)("given %s lost %s, the next delivery sees it through, and it was said once", async (operation, moment) => {
		const stage = await asking({ reason: "undecided", approvers: [] });
		const once = command(stage, { verb: "promote" });
		stage.caller.failNext({ matches: (called) => called === operation, moment });
		await expect(apply(stage, once)).rejects.toThrow();

		await expect(apply(stage, once)).resolves.toEqual({ v: 1, kind: "answered" });
		await stage.pass(1);

		expect(executionOf(stage, "checkout-1")?.status).toBe("SUCCEEDED");
		for (const kind of ["rollout.promotion-asked.v1", "rollout.resumed.v1"])
			expect(new Set(stage.said.filter((event) => event.kind === kind).map(({ id }) => id)).size).toBe(1);
	});

	it.each([
		["one that is five minutes old", 301, /the command is 30\d s old; 300 s are allowed/],
		["one of just now", 5, null],
	])("given %s, decides so", async (_, ageSeconds, refusal) => {
		const stage = await stageAt("exposed");
		await stage.pass(600);

		const answer = await promote(stage, { atEpochMs: stage.clock.nowEpochMs() - ageSeconds * 1_000 });

		if (refusal === null) expect(answer).toMatchObject({ kind: "recorded" });
		else expect(answer).toMatchObject({ kind: "refused", reason: expect.stringMatching(refusal) });
	});

	it("given a second person, says who has asked already; given the first one's pause since, the later wish counts", async () => {
		const stage = await stageAt("exposed");
		await promote(stage);
		await expect(promote(stage, { by: "ben" })).resolves.toMatchObject({ reason: "ana has asked for it already" });
		const early = stage.clock.nowEpochMs();
		await stage.pass(5);
		await pause(stage, { by: "ben" });

		expect(stage.state().wish).toMatchObject({ verb: "pause", by: "ben" });
		await expect(promote(stage, { by: "eve", atEpochMs: early - 2_000 })).resolves.toMatchObject({
			reason: "the command is older than what ben has asked for since (pause)",
		});
	});
});

describe("a pause", () => {
	it("given a bake, pauses at the next look in the person's name; resumed, it bakes on", async () => {
		const stage = await stageAt("exposed");
		await pause(stage);
		await expect(lookOnce(stage, watchPayload(stage))).resolves.toMatchObject({ kind: "pause", reason: "person" });

		await expect(resume(stage)).resolves.toEqual({ v: 1, kind: "recorded" });

		expect(stage.state().wish?.isOver).toBe(true);
		expect(saidOf(stage, "rollout.resumed.v1")).toMatchObject([{ by: "ana", verb: "resume" }]);
		await expect(lookOnce(stage, watchPayload(stage), 20_000)).resolves.toMatchObject({ kind: "keep-watching" });
	});

	it("given that its question is resumed, is over in the same write, and a late delivery begins no other", async () => {
		const stage = await stageAt("exposed");
		const once = command(stage, { verb: "pause" });
		await apply(stage, once);
		const question = { reason: "person", explanation: "ana asked for a pause", token: stage.tokens.get("checkout-1") };
		const approval = { approvers: [], expiresSeconds: 86_400 };
		await stage.run(handlersOf(stage.ports).awaitPerson, payload({ ...question, approval }));
		await stage.pass(5);

		await expect(resume(stage)).resolves.toEqual({ v: 1, kind: "answered" });

		await expect(apply(stage, once)).resolves.toMatchObject({
			reason: "it was paused for this command before, and resumed since",
		});
	});

	it.each(["resume", "promote"])(
		"given a %s between the look that heeds it and its question, asks nobody",
		async (verb) => {
			const stage = await stageAt("exposed");
			await pause(stage);
			await lookOnce(stage, watchPayload(stage));
			await stage.pass(2);
			await apply(stage, command(stage, { verb }));
			await stage.pass(1);

			await expect(ask(stage, { reason: "person", approvers: [] })).rejects.toMatchObject({
				name: "QuestionAnsweredConflictError",
			});

			expect(stage.state().pause).toBeUndefined();
			expect(saidOf(stage, "rollout.paused.v1")).toEqual([]);
		},
	);

	it("given a resume just as its question is written, asks nobody at the next try", async () => {
		const stage = await stageAt("exposed");
		await pause(stage);
		const { write } = stage.ports.store;
		let isResumed = false;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				if (!isResumed) {
					isResumed = true;
					await resume(stage);
				}
				return write(...request);
			},
		};
		const asked = { reason: "person", approvers: [] };

		await expect(ask({ ...stage, ports: { ...stage.ports, store } }, asked)).rejects.toMatchObject({
			name: "StoreConflictError",
		});
		await expect(ask(stage, asked)).rejects.toMatchObject({ name: "QuestionAnsweredConflictError" });
	});

	it.each(["resume", "promote"])("given its question just as a %s is written, is answered by that", async (verb) => {
		const stage = await stageAt("exposed");
		await pause(stage);
		await stage.pass(2);
		const { write } = stage.ports.store;
		let isAsked = false;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				if (!isAsked) {
					isAsked = true;
					await ask(stage, { reason: "person", approvers: [] });
				}
				return write(...request);
			},
		};

		const answer = await apply({ ...stage, ports: { ...stage.ports, store } }, command(stage, { verb }));

		expect(answer).toEqual({ v: 1, kind: "answered" });
		expect(stage.state().pause).toBeUndefined();
	});

	it("given an execution that does not know how a question can be over before it is asked, asks it", async () => {
		const stage = await stageAt("exposed");
		const approval = { approvers: [], expiresSeconds: 3_600 };
		const question = payload({
			v: 1,
			reason: "person",
			explanation: "ana asked for a pause",
			approval,
			token: "token",
		});

		await expect(stage.run(handlersOf(stage.ports).awaitPerson, question)).resolves.toMatchObject({ kind: "waiting" });
	});

	it.each(["opened", "exposed"] as const)("given a rollout that is %s, holds the next weight back", async (station) => {
		const stage = await stageAt(station);
		await pause(stage);
		const event = { ...payload({ weightPercent: 100, acceptedAlarms: [] }), v: 2 };

		await expect(stage.run(handlersOf(stage.ports).shiftTraffic, event)).resolves.toMatchObject({
			kind: "pause",
			reason: "person",
		});

		expect(stage.state().weightPercent).toBe(station === "opened" ? 0 : 25);
	});

	it("given an execution that began before people could pause, does not hold the first exposure back", async () => {
		const stage = await stageAt("opened");
		await pause(stage);
		const event = { ...payload({ weightPercent: 25, acceptedAlarms: [] }), v: 1 };

		await expect(stage.run(handlersOf(stage.ports).shiftTraffic, event)).resolves.toMatchObject({ kind: "shifted" });
	});

	it("given a rollout that waits already, says for what", async () => {
		const stage = await asking();

		await expect(pause(stage)).resolves.toMatchObject({ reason: "the rollout is paused already (approval)" });
	});
});
