import { describe, expect, it } from "vitest";
import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, rollBack, stageAt } from "../rollout-journey.ts";

const promote = (stage: FunctionStage): Promise<unknown> => stage.run(handlersOf(stage.ports).promoteCanary, payload());

describe("promoting the canary", () => {
	it("given a canary that serves everything, opens the window and moves nothing", async () => {
		const stage = await stageAt("at everything");
		const before = await stage.rules();
		const now = stage.clock.nowEpochMs();

		await expect(promote(stage)).resolves.toEqual({ v: 1, kind: "promoted", atEpochMs: now });

		expect(stage.state()).toMatchObject({
			phase: "window",
			epoch: 1,
			stableSlot: "blue",
			windowEndsAtEpochMs: now + 3_600_000,
		});
		expect(await stage.rules()).toEqual(before);
		expect(stage.said.at(-1)).toMatchObject({
			kind: "rollout.promoted.v1",
			detail: { windowEndsAtEpochMs: now + 3_600_000 },
		});
	});

	it("given the same call a minute later, does not make the window longer", async () => {
		const stage = await stageAt("at everything");
		await promote(stage);
		const { windowEndsAtEpochMs } = stage.state();
		await stage.pass(60);

		await expect(promote(stage)).resolves.toMatchObject({ kind: "promoted" });

		expect(stage.state().windowEndsAtEpochMs).toBe(windowEndsAtEpochMs);
		const promoted = stage.said.filter(({ kind }) => kind === "rollout.promoted.v1");
		expect(new Set(promoted.map(({ id }) => id)).size).toBe(1);
	});

	it("given a canary that nobody was sent to, is refused by the record", async () => {
		const stage = await stageAt("opened");

		await expect(promote(stage)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(stage.state().phase).toBe("preparing");
	});

	it("given a rollback that is under way, opens no window", async () => {
		const stage = await stageAt("at everything");
		await rollBack(stage);

		await expect(promote(stage)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(stage.state()).toMatchObject({ phase: "rolling-back" });
		expect(stage.said.map(({ kind }) => kind)).not.toContain("rollout.promoted.v1");
	});
});
