import { describe, expect, it } from "vitest";
import { endPause } from "../../../lib/domain/pause.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack } from "../rollout-journey.ts";

const question = (token: string, fields: object = {}): object =>
	payload({
		reason: "approval",
		explanation: "An approver must agree.",
		approval: { approvers: ["ana"], expiresSeconds: 3_600 },
		token,
		...fields,
	});

const ask = (stage: FunctionStage, event: object): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).awaitPerson, event);

const exposed = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "exposed");
	return stage;
};

describe("waiting for a person", () => {
	it("given a question, writes down who may answer it and says that it is asked", async () => {
		const stage = await exposed();

		await expect(ask(stage, question("token-1"))).resolves.toEqual({ v: 1, kind: "waiting" });

		expect(stage.state().pause).toEqual({
			reason: "approval",
			explanation: "An approver must agree.",
			approvers: ["ana"],
			token: "token-1",
			sinceEpochMs: stage.clock.nowEpochMs(),
		});
		expect(stage.said.at(-1)).toMatchObject({ kind: "rollout.paused.v1", detail: { reason: "approval" } });
	});

	it("given a question that says its weight, writes that down as well", async () => {
		const stage = await exposed();

		await ask(stage, question("token-1", { weightPercent: 50 }));

		expect(stage.state().pause).toMatchObject({ weightPercent: 50 });
	});

	it("given that the machine asks again with a new token, the new one counts", async () => {
		const stage = await exposed();
		await ask(stage, question("token-1"));

		await ask(stage, question("token-2"));

		expect(stage.state().pause?.token).toBe("token-2");
	});

	it("given two questions at different times, says both", async () => {
		const stage = await exposed();
		await ask(stage, question("token-1"));
		await stage.pass(60);

		await ask(stage, question("token-2", { reason: "undecided" }));

		const paused = stage.said.filter(({ kind }) => kind === "rollout.paused.v1");
		expect(new Set(paused.map(({ id }) => id)).size).toBe(2);
	});

	it("given a rollback that is under way, asks nobody", async () => {
		const stage = await exposed();
		await rollBack(stage);

		await expect(ask(stage, question("token-1"))).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(stage.state().pause).toBeUndefined();
		expect(stage.said.map(({ kind }) => kind)).not.toContain("rollout.paused.v1");
	});

	it("given a sandbox that was frozen until its question had lapsed, does not put the old token in the place of the new", async () => {
		const stage = await exposed();
		const { readPinned } = stage.ports.catalog;
		const catalog = {
			...stage.ports.catalog,
			readPinned: async (...request: Parameters<typeof readPinned>) => {
				const definition = await readPinned(...request);
				await ask(stage, question("token-2"));
				await stage.ports.clock.sleep(600_000);
				return definition;
			},
		};

		const late = stage.run(handlersOf({ ...stage.ports, catalog }).awaitPerson, question("token-1"), 10_000);

		await expect(late).rejects.toMatchObject({ name: "DeadlineUnavailableError" });
		expect(stage.state().pause?.token).toBe("token-2");
	});

	it("given a sandbox that was frozen while it wrote, does not put the old token in the place of the new", async () => {
		const stage = await exposed();
		const { write } = stage.ports.store;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				await stage.ports.clock.sleep(600_000);
				await ask(stage, question("token-2"));
				return write(...request);
			},
		};

		const late = stage.run(handlersOf({ ...stage.ports, store }).awaitPerson, question("token-1"));

		await expect(late).rejects.toMatchObject({ name: "StoreConflictError" });
		expect(stage.state().pause?.token).toBe("token-2");
		expect(stage.said.filter(({ kind }) => kind === "rollout.paused.v1")).toHaveLength(1);
	});

	it("given that the newer question was answered meanwhile, a late one asks nobody", async () => {
		const stage = await exposed();
		const { write } = stage.ports.store;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				await stage.ports.clock.sleep(60_000);
				await ask(stage, question("token-2"));
				await write("checkout", endPause(1, "token-2"));
				return write(...request);
			},
		};

		const late = stage.run(handlersOf({ ...stage.ports, store }).awaitPerson, question("token-1"));

		await expect(late).rejects.toMatchObject({ name: "StoreConflictError" });
		expect(stage.state().pause).toBeUndefined();
	});

	it.each([
		["a reason that does not exist", { reason: "mood" }],
		["no explanation", { explanation: "" }],
		["no token", { token: "" }],
	])("given %s, is refused", async (_, fields) => {
		const stage = await exposed();

		await expect(ask(stage, question("token-1", fields))).rejects.toMatchObject({ name: "InvalidEventError" });
	});
});
