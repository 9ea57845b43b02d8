import { describe, expect, it } from "vitest";
import { functionCalls, isHarmless, rollBackCall } from "./function-calls.ts";
import { type FunctionStage, functionStage, nextDigest } from "./function-stage.ts";
import { type Handlers, handlersOf } from "./handlers.ts";
import { finishRollback, payload, reach, rollBack } from "./rollout-journey.ts";

const everyCall = [...functionCalls, rollBackCall];
const changing = functionCalls.filter(({ changes }) => changes === "something");

/** What the two functions answer that may come after the end; all others throw. */
const afterTheEnd: Partial<Record<keyof Handlers, object>> = {
	finishRollout: { kind: "finished" },
	rollBack: { kind: "over" },
};

/** All that a handler can change, and what it has said, each thing once. */
const endOf = async (stage: FunctionStage): Promise<object> => ({
	state: stage.state(),
	rules: await stage.rules(),
	slots: await stage.slots(),
	said: [...new Set(stage.said.map(({ id }) => id))],
});

describe.each(everyCall)("$name", ({ name, arrive, fields, kind }) => {
	it("given a payload of version 1 at its place, does its work", async () => {
		const stage = functionStage();
		await arrive(stage);

		const answer = await stage.run(handlersOf(stage.ports)[name], fields, 20_000);

		expect(answer).toMatchObject({ v: 1, kind });
	});

	it("given a payload of another version, refuses it and touches nothing", async () => {
		const stage = functionStage();
		await arrive(stage);

		const answer = stage.run(handlersOf(stage.ports)[name], { ...fields, v: 3 });

		if (name === "rollBack") await expect(answer).resolves.toMatchObject({ v: 1, kind: "refused" });
		else await expect(answer).rejects.toMatchObject({ name: "InvalidEventError" });
		expect(stage.caller.operations).toEqual([]);
	});

	it("given nothing that it knows, says which fields are missing", async () => {
		const stage = functionStage();
		await arrive(stage);

		const answer = await stage.run(handlersOf(stage.ports)[name], {}).catch((error: unknown) => error);

		const text = answer instanceof Error ? answer.message : JSON.stringify(answer);
		expect(text).toContain("v: ");
		expect(stage.caller.operations).toEqual([]);
	});

	it("given a call after the rollout has ended, changes nothing", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await finishRollback(stage);
		const before = stage.state();

		const answer = stage.run(handlersOf(stage.ports)[name], fields);

		const expected = afterTheEnd[name];
		if (expected === undefined) await expect(answer).rejects.toMatchObject({ name: "RolloutMovedConflictError" });
		else await expect(answer).resolves.toMatchObject(expected);
		expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual(
			// The seat is given back once more: whoever finished before may have died in between.
			name === "rollBack" || name === "finishRollout" ? ["dynamodb:UpdateItem"] : [],
		);
		expect(stage.state()).toBe(before);
	});

	it("given a call while the next rollout is under way, leaves that one alone", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await finishRollback(stage);
		await stage.run(handlersOf(stage.ports).admitRelease, stage.push(nextDigest, "v3"));
		const before = stage.state();

		await stage.run(handlersOf(stage.ports)[name], fields).catch((error: unknown) => error);

		expect(before).toMatchObject({ phase: "preparing", rolloutId: "checkout-3" });
		expect(stage.state()).toBe(before);
		expect((await stage.rules()).trial).toBeNull();
	});
});

describe.each(changing)("$name", ({ name, arrive, fields, kind }) => {
	it("given too little time, throws before it changes anything, and does its work when called again", async () => {
		const stage = functionStage();
		await arrive(stage);
		const before = stage.state();

		const late = stage.run(handlersOf(stage.ports)[name], fields, 100);

		await expect(late).rejects.toMatchObject({ name: "DeadlineUnavailableError" });
		expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual([]);
		expect(stage.state()).toBe(before);
		await expect(stage.run(handlersOf(stage.ports)[name], fields)).resolves.toMatchObject({ kind });
	});

	it("given any one of its calls lost before or after its effect, ends alike once it is repeated", async () => {
		const untroubled = functionStage();
		await arrive(untroubled);
		await untroubled.run(handlersOf(untroubled.ports)[name], fields);
		const calls = untroubled.caller.calls.length;
		const expected = await endOf(untroubled);

		expect(calls).toBeGreaterThan(1);
		for (const moment of ["before-effect", "after-effect"] as const) {
			for (let lost = 1; lost <= calls; lost++) {
				const stage = functionStage();
				await arrive(stage);
				let seen = 0;
				stage.caller.failNext({ matches: () => ++seen === lost, moment });
				await stage.run(handlersOf(stage.ports)[name], fields).catch((error: unknown) => error);
				// The next rung of the retry runs in a fresh sandbox, with nothing remembered.
				const retry = stage.portsFor(stage.caller);
				await expect(stage.run(handlersOf(retry)[name], fields)).resolves.toMatchObject({ v: 1 });

				expect(await endOf(stage)).toEqual(expected);
			}
		}
	});
});

describe("a payload", () => {
	it("given a rollout id that names no rollout, is refused by name", async () => {
		const stage = functionStage();

		const answer = stage.run(handlersOf(stage.ports).planStep, payload({ rolloutId: "checkout", stepIndex: 0 }));

		await expect(answer).rejects.toMatchObject({
			name: "InvalidRolloutIdError",
			message: expect.stringContaining('"checkout"'),
		});
	});
});
