import { expect, it } from "vitest";
import { functionStage, nextDigest } from "./function-stage.ts";
import { handlersOf } from "./handlers.ts";
import { reach, rollBack, finishRollback, rollbackEvent } from "./rollout-journey.ts";
it("retire undeployed", async () => {
	const stage = functionStage();
	await reach(stage, "exposed");
	await rollBack(stage); await finishRollback(stage);
	const h = handlersOf(stage.ports);
	console.log(await stage.run(h.admitRelease, stage.push(nextDigest, "v3")));
	await stage.run(h.rollBack, rollbackEvent({ rolloutId: "checkout-3" }));
	await expect(stage.run(h.retireSlot, { v: 1, rolloutId: "checkout-3" })).resolves.toMatchObject({ kind: "retired" });
});
