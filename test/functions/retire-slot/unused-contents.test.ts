import { describe, expect, it } from "vitest";
import type { ReleaseContents } from "../../../lib/ports/release-contents.ts";
import type { RolloutHistory } from "../../../lib/ports/rollout-history.ts";
import { WorkloadsUnavailableError } from "../../../lib/ports/workloads.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach } from "../rollout-journey.ts";

const closed = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "closed");
	return stage;
};

const retireWith = (stage: FunctionStage, ports: Partial<FunctionStage["ports"]>): Promise<unknown> =>
	stage.run(handlersOf({ ...stage.ports, ...ports }).retireSlot, payload());

describe("giving up contents when a slot is retired", () => {
	it("given a rollout that ends, names what releases still need and leaves the rest to the port", async () => {
		const stage = await closed();
		const asked: (readonly string[])[] = [];
		const collect: ReleaseContents["collect"] = async (_target, keep) => {
			asked.push(keep);
			return 0;
		};

		await retireWith(stage, { contents: { ...stage.ports.contents, collect } });

		const { stableRelease } = stage.state();
		expect(asked).toEqual([stableRelease.contentHash === undefined ? [] : [stableRelease.contentHash]]);
	});

	it.each(["contents", "history"] as const)(
		"given that %s do not answer, retires the slot and counts it",
		async (port) => {
			const stage = await closed();
			const fail = async (): Promise<never> => {
				throw new WorkloadsUnavailableError("silence");
			};
			const contents: ReleaseContents = { ...stage.ports.contents, collect: fail };
			const history: RolloutHistory = { ...stage.ports.history, list: fail };

			const answer = await retireWith(stage, port === "contents" ? { contents } : { history });

			expect(answer).toMatchObject({ kind: "retired" });
			expect(stage.replicas("blue")).toBe(0);
			expect(stage.telemetry.counters.get("ContentsNotCollected")).toBe(1);
		},
	);

	it("given a cluster that takes for ever, retires the slot in time", async () => {
		const stage = await closed();
		const began = stage.clock.nowEpochMs();
		const collect: ReleaseContents["collect"] = () => new Promise(() => {});

		const answer = await retireWith(stage, { contents: { ...stage.ports.contents, collect } });

		expect(answer).toMatchObject({ kind: "retired" });
		expect(stage.clock.nowEpochMs() - began).toBeLessThanOrEqual(20_000);
	});
});
