import { describe, expect, it } from "vitest";
import { functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach, rollbackEvent } from "../rollout-journey.ts";

describe("a router whose data plane follows later", () => {
	it.each([
		[2_000, "waits and confirms what it has seen", { kind: "confirmed" }],
		[60_000, "does not confirm", { name: "TrafficUnavailableError" }],
	])("given a data plane that looks after %i ms, %s", async (afterMs, _, expected) => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const { router, clock } = stage.ports;
		const seenAtEpochMs = clock.nowEpochMs() + afterMs;
		const slow = {
			...router,
			read: async (route: typeof stage.definition.route) => {
				const pending = clock.nowEpochMs() < seenAtEpochMs ? ({ isPending: true } as const) : {};
				return { ...(await router.read(route)), ...pending };
			},
		};

		const answered = stage.run(handlersOf({ ...stage.ports, router: slow }).rollBack, rollbackEvent(), 10_000);

		expect(await answered.catch((error: unknown) => error)).toMatchObject(expected);
	});
});
