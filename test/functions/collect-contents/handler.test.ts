import { describe, expect, it } from "vitest";
import type { ReleaseContents } from "../../../lib/ports/release-contents.ts";
import { WorkloadsUnavailableError } from "../../../lib/ports/workloads.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, payload, reach, rollBack } from "../rollout-journey.ts";

const ended = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "exposed");
	await rollBack(stage);
	await finishRollback(stage);
	return stage;
};

const collectWith = (stage: FunctionStage, collect: ReleaseContents["collect"]): Promise<unknown> =>
	stage.run(handlersOf({ ...stage.ports, contents: { ...stage.ports.contents, collect } }).collectContents, payload());

describe("collecting contents after the end of a rollout", () => {
	it("given a rollout that has ended, names what releases still need and leaves the rest to the port", async () => {
		const stage = await ended();
		const [one, two, three] = ["1".repeat(64), "2".repeat(64), "3".repeat(64)];
		const { stableRelease } = stage.state();
		await stage.ports.store.write("checkout", {
			condition: {},
			set: {
				stableRelease: { ...stableRelease, contentHash: one },
				held: {
					release: { ...stableRelease, contentHash: two },
					gate: "freeze",
					reason: "It is late.",
					sinceEpochMs: 0,
				},
			},
		});
		const history = {
			...stage.ports.history,
			list: async () =>
				(await stage.ports.history.list("checkout", 1)).map((record) => ({
					...record,
					release: { ...record.release, contentHash: three },
				})),
		};
		const asked: (readonly string[])[] = [];
		const contents: ReleaseContents = {
			...stage.ports.contents,
			collect: async (_target, keep) => {
				asked.push(keep);
				return 2;
			},
		};

		const answer = await stage.run(handlersOf({ ...stage.ports, history, contents }).collectContents, payload());

		expect(answer).toEqual({ v: 1, kind: "collected", givenUp: 2 });
		expect(asked).toEqual([expect.arrayContaining([one, two, three])]);
	});

	it("given that the cluster does not answer, fails, so that the machine tries again", async () => {
		const stage = await ended();

		const collecting = collectWith(stage, async () => {
			throw new WorkloadsUnavailableError("silence");
		});

		await expect(collecting).rejects.toMatchObject({ name: "WorkloadsUnavailableError" });
		expect(stage.state().phase).toBe("idle");
	});

	it("given the same call again, finds nothing more to give up", async () => {
		const stage = await ended();
		const { collect } = stage.ports.contents;
		await collectWith(stage, collect);

		await expect(collectWith(stage, collect)).resolves.toEqual({ v: 1, kind: "collected", givenUp: 0 });
	});
});
