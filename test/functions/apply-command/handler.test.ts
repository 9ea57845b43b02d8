import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach, rollBack, rollbackPayload } from "../rollout-journey.ts";
import { apply, ask, asking, command, executionOf } from "./commands.ts";

describe("an answer", () => {
	it("given an approver, answers the execution that waits, forgets the question and says who", async () => {
		const stage = await asking();

		await expect(apply(stage, command(stage))).resolves.toEqual({ v: 1, kind: "answered" });
		await stage.pass(1);

		expect(executionOf(stage, "checkout-1")).toMatchObject({
			status: "SUCCEEDED",
			output: { v: 1, verb: "approve", by: "ana" },
		});
		expect(stage.state().pause).toBeUndefined();
		expect(stage.said.at(-1)).toMatchObject({ kind: "rollout.resumed.v1", detail: { by: "ana", verb: "approve" } });
	});

	it.each([
		["somebody who may not", "approval", { by: "eve" }, "eve may not approve this; allowed are ana"],
		[
			"the wrong verb",
			"approval",
			{ verb: "resume" },
			"the rollout is paused (approval); allowed are approve and abort",
		],
		[
			"an approval of what only needs resuming",
			"undecided",
			{},
			"the rollout is paused (undecided); allowed are resume, promote and abort",
		],
		["another rollout", "approval", { rolloutId: "checkout-7" }, "rollout checkout-7 is not under way; checkout-1 is"],
	])("given %s, refuses aloud and answers nobody", async (_, reason, fields, refusal) => {
		const stage = await asking({ reason });

		const answer = await apply(stage, command(stage, fields));

		expect(answer).toEqual({ v: 1, kind: "refused", reason: refusal });
		expect(stage.said.at(-1)).toMatchObject({ kind: "command.refused.v1", detail: { reason: refusal } });
		expect(executionOf(stage, "checkout-1")?.status).toBe("RUNNING");
		expect(stage.state().pause).toBeDefined();
	});

	it("given nobody who waits, says so", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");

		await expect(apply(stage, command(stage))).resolves.toMatchObject({
			reason: "the rollout waits for nobody: it bakes at 25 % and goes on by itself",
		});
	});

	it("given a service that nobody enrolled, refuses where the person can see it", async () => {
		const stage = functionStage();

		const answer = await apply(stage, command(stage, { service: "cart", rolloutId: "cart-1" }));

		expect(answer).toMatchObject({ kind: "refused", reason: expect.stringContaining("never enrolled") });
		expect(stage.said).toMatchObject([{ kind: "command.refused.v1", detail: { service: "cart" } }]);
	});

	it("given a rollback that is under way, comes too late", async () => {
		const stage = await asking();
		await rollBack(stage);

		await expect(apply(stage, command(stage))).resolves.toMatchObject({
			reason: expect.stringMatching(
				/^the rollout is rolling-back; that can no longer be changed: `sluice retry checkout` rolls out \S+/,
			),
		});
	});
});

describe("a command that is delivered more than once", () => {
	it("given the same answer again, finds that the rollout waits for nobody", async () => {
		const stage = await asking();
		const once = command(stage);
		await apply(stage, once);

		await expect(apply(stage, once)).resolves.toMatchObject({ kind: "refused" });

		expect(stage.said.filter(({ kind }) => kind === "rollout.resumed.v1")).toHaveLength(1);
	});

	it("given that another question has begun since, does not answer that one", async () => {
		const stage = await asking();
		const once = command(stage);
		await apply(stage, once);
		await stage.pass(30);
		await ask(stage, { token: "token-2" });

		const answer = await apply(stage, once);

		expect(answer).toMatchObject({
			kind: "refused",
			reason: expect.stringContaining("the command is older than the question"),
		});
		expect(stage.state().pause?.token).toBe("token-2");
	});

	it("given a question that begins while the first is being answered, keeps it on record", async () => {
		const stage = await asking();
		const { answer: really } = stage.ports.executions;
		const executions = {
			...stage.ports.executions,
			answer: async (token: string, output: object) => {
				await really(token, output);
				await ask(stage, { reason: "environment-unhealthy", token: "token-2" });
			},
		};

		const answer = await stage.run(handlersOf({ ...stage.ports, executions }).applyCommand, command(stage));

		expect(answer).toMatchObject({ kind: "answered" });
		expect(stage.state().pause?.token).toBe("token-2");
	});

	it("given an acknowledgement that was lost, says who answered and takes the question off the record when it comes again", async () => {
		const stage = await asking();
		const once = command(stage);
		const isAnswer = (operation: string): boolean => operation === "states:SendTaskSuccess";
		stage.caller.failNext({ matches: isAnswer, moment: "after-effect" });
		await expect(apply(stage, once)).rejects.toMatchObject({ name: "ExecutionsUnavailableError" });
		expect(stage.state().pause).toBeDefined();

		const answer = await apply(stage, once);

		expect(answer).toEqual({ v: 1, kind: "answered" });
		expect(stage.state().pause).toBeUndefined();
		expect(stage.said.filter(({ kind }) => kind === "rollout.resumed.v1")).toHaveLength(1);
	});

	it("given a rollback that begins right after the answer, does not fail for it", async () => {
		const stage = await asking();
		const { answer: really } = stage.ports.executions;
		const executions = {
			...stage.ports.executions,
			answer: async (token: string, output: object) => {
				await really(token, output);
				await rollBack(stage);
			},
		};

		const answer = await stage.run(handlersOf({ ...stage.ports, executions }).applyCommand, command(stage));

		expect(answer).toMatchObject({ kind: "answered" });
	});
});

describe("an abort", () => {
	const abortsOf = (stage: FunctionStage) => stage.engine.list().filter(({ name }) => name.includes("-abort-"));

	it("given a rollout under way, starts its rollback in the person's name", async () => {
		const stage = await asking();
		const sentAtEpochMs = Math.floor(stage.clock.nowEpochMs() / 1_000) * 1_000;

		await expect(apply(stage, command(stage, { verb: "abort", by: "bo" }))).resolves.toEqual({
			v: 1,
			kind: "rolling-back",
		});

		const cause = { kind: "person", explanation: "Aborted by bo.", triggeredAtEpochMs: sentAtEpochMs };
		expect(abortsOf(stage)).toMatchObject([
			{ machineName: expect.any(String), input: { v: 1, rolloutId: "checkout-1", cause } },
		]);
	});

	it("given the input that it hands over, the rollback machine's first task understands it", async () => {
		const stage = await asking();
		await apply(stage, command(stage, { verb: "abort" }));
		const request = abortsOf(stage)[0]?.input;

		const answer = await stage.run(handlersOf(stage.ports).rollBack, rollbackPayload(request, "abort"));

		expect(answer).toMatchObject({ kind: "confirmed" });
		expect(stage.state().rollback?.kind).toBe("person");
	});

	it("given a record that is silent, starts the rollback all the same, which needs none to begin", async () => {
		const stage = await asking();
		const isRead = (operation: string): boolean => operation === "dynamodb:GetItem";
		stage.caller.failNext({ matches: isRead, moment: "before-effect" });
		await expect(apply(stage, command(stage, { verb: "abort" }))).resolves.toMatchObject({ kind: "rolling-back" });
		stage.caller.failNext({ matches: isRead, moment: "before-effect" });

		await expect(apply(stage, command(stage))).rejects.toMatchObject({ name: "StoreUnavailableError" });

		expect(abortsOf(stage)).toHaveLength(1);
	});

	it("given the same command twice, starts one rollback", async () => {
		const stage = await asking();
		const once = command(stage, { verb: "abort" });
		await apply(stage, once);

		await expect(apply(stage, once)).resolves.toMatchObject({ kind: "rolling-back" });

		expect(abortsOf(stage)).toHaveLength(1);
	});

	it("given a first rollback that failed, a person who asks again gets another one", async () => {
		const stage = await asking();
		await apply(stage, command(stage, { verb: "abort" }));
		stage.engine.stop(abortsOf(stage)[0]?.executionArn ?? "");
		await stage.pass(120);

		await apply(stage, command(stage, { verb: "abort" }));

		expect(abortsOf(stage).map(({ status }) => status)).toEqual(["ABORTED", "RUNNING"]);
	});

	it("given a rollout that is closing, refuses: it can no longer be undone", async () => {
		const stage = functionStage();
		await reach(stage, "closed");

		await expect(apply(stage, command(stage, { verb: "abort" }))).resolves.toMatchObject({
			reason: expect.stringMatching(
				/^the rollout is closing; that can no longer be changed: `sluice release checkout --id [0-9a-f]{12}` brings .+ back$/,
			),
		});
	});
});

describe("a command that cannot be acted on", () => {
	it.each([
		["of an unknown verb", { verb: "promote-now" }],
		["by nobody", { by: "" }],
	])("given one %s, answers that it is refused and counts it", async (_, fields) => {
		const stage = await asking();

		const answer = await apply(stage, command(stage, fields));

		expect(answer).toMatchObject({ v: 1, kind: "refused" });
		expect(stage.telemetry.counters.get("Refused{error=InvalidEventError}")).toBe(1);
		expect(stage.caller.operations).toEqual([]);
	});

	it("given too little time, throws before it answers anybody", async () => {
		const stage = await asking();

		const late = stage.run(handlersOf(stage.ports).applyCommand, command(stage), 500);

		await expect(late).rejects.toMatchObject({ name: "DeadlineUnavailableError" });
		expect(executionOf(stage, "checkout-1")?.status).toBe("RUNNING");
	});
});
