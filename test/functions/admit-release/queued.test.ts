import { describe, expect, it } from "vitest";
import { functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";
import { admit, command, said, scheduled } from "./asking.ts";

const ended = { source: "sluice", "detail-type": "rollout.ended.v1", detail: { service: "checkout" } };

describe("what is queued and given up", () => {
	it("given a push that is queued, begins neither at the end of what goes back nor later", async () => {
		const stage = functionStage();
		stage.push(stableDigest, "v1");
		await stage.pass(1);
		await reach(stage, "exposed");
		await stage.pass(10);
		await admit(stage, stage.push(nextDigest, "v3"));

		await admit(stage, command(stage, "release", { release: { digest: stableDigest } }));
		await rollBack(stage);
		await finishRollback(stage);
		await admit(stage, scheduled);
		await admit(stage, ended);

		expect(said(stage, "release.asked.v1")).toMatchObject([
			{
				detail: {
					becomes: `checkout-1 goes back to it; what waited is given up: v3 (${stage.released(nextDigest).id})`,
				},
			},
		]);
		expect(stage.state()).toMatchObject({ phase: "idle", stableRelease: { imageDigest: stableDigest } });
		expect(stage.state().next).toBeUndefined();
		expect(said(stage, "rollout.started.v1")).toHaveLength(1);
	});

	it("given a look that began before and writes after, is not queued anew", async () => {
		const stage = functionStage();
		stage.push(stableDigest, "v1");
		await stage.pass(1);
		await reach(stage, "exposed");
		await stage.pass(10);
		const push = stage.push(nextDigest, "v3");
		await admit(stage, push);
		const { next: _, ...unqueued } = stage.state();
		stage.world.table.put(unqueued);
		const { write } = stage.ports.store;
		const store = {
			...stage.ports.store,
			write: async (...request: Parameters<typeof write>) => {
				stage.world.table.put({ ...unqueued, next: stage.released(nextDigest, "v3") });
				await admit(stage, command(stage, "release", { release: { digest: stableDigest } }));
				return write(...request);
			},
		};

		await stage.run(handlersOf({ ...stage.ports, store }).admitRelease, push, 120_000);

		expect(stage.state().next).toBeUndefined();
	});
});
