import { describe, expect, it } from "vitest";
import { digestOf } from "../../simulator/fakes/stage.ts";
import { canaryDigest, functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";
import { admit, command, said, scheduled } from "./asking.ts";

const newestDigest = digestOf("d");
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

describe("what is queued for longer than a day", () => {
	/** In force from some hours after a stage begins. */
	const from = new Date(functionStage().clock.nowEpochMs() + 86_400_000).toISOString().slice(0, 16);
	const closed = {
		gates: { windows: [], freezes: [{ from, to: "2099-01-01T00:00", timeZone: "UTC", reason: "Audit." }] },
	};

	/** One rollout has waited for a person for two days, and has gone back; nobody heard of its end. */
	const waited = async (overrides: Parameters<typeof functionStage>[0] = {}) => {
		const stage = functionStage(overrides);
		await reach(stage, "exposed");
		await stage.pass(10);
		await admit(stage, stage.push(nextDigest, "v3"));
		await stage.pass(2 * 86_400);
		await rollBack(stage);
		await finishRollback(stage);
		return stage;
	};

	it("given that nobody heard of the end it waited for, begins at a sweep", async () => {
		const stage = await waited();

		await admit(stage, scheduled);

		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: nextDigest } });
		expect(stage.state().next).toBeUndefined();
	});

	it("given a cluster that does not answer for that look, waits, and begins at a later one", async () => {
		const stage = await waited();
		const isOfCluster = (operation: string): boolean => operation.startsWith("kubernetes:");

		await stage.run(handlersOf(stage.deny(isOfCluster)).admitRelease, ended, 120_000).catch((error: unknown) => error);
		const then = stage.state();
		await admit(stage, scheduled);

		expect(then).toMatchObject({ phase: "idle", next: { imageDigest: nextDigest } });
		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: nextDigest } });
	});

	it("given that its image is gone from the registry, is about to begin no more", async () => {
		const stage = await waited();
		const newest = async () => null;

		await stage.run(
			handlersOf({ ...stage.ports, registry: { ...stage.ports.registry, newest } }).admitRelease,
			scheduled,
			120_000,
		);

		expect(stage.state().phase).toBe("idle");
		expect(stage.state().next).toBeUndefined();
	});

	it.each([
		["gates are open", {}],
		["a gate is closed", closed],
	])(
		"given an image that was admitted before and is the newest now, while %s, is about to begin no more",
		async (_, overrides) => {
			const stage = await waited(overrides);
			const newest = async () => ({
				imageDigest: canaryDigest,
				tag: "v2",
				tags: ["v2"],
				pushedAtEpochMs: stage.clock.nowEpochMs(),
			});

			await stage.run(
				handlersOf({ ...stage.ports, registry: { ...stage.ports.registry, newest } }).admitRelease,
				ended,
				120_000,
			);

			expect(stage.state().phase).toBe("idle");
			expect(stage.state().next).toBeUndefined();
			expect(said(stage, "rollout.superseded.v1")).toEqual([]);
		},
	);

	it("given a newer push before anybody looks, says that it takes its place", async () => {
		const stage = await waited();
		await stage.pass(10);

		await admit(stage, stage.push(newestDigest, "v4"));

		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: newestDigest } });
		expect(said(stage, "rollout.superseded.v1")).toMatchObject([
			{ detail: { release: { imageDigest: nextDigest }, by: { imageDigest: newestDigest } } },
		]);
	});

	it("given a person who asks for what serves before anybody looks, is given up", async () => {
		const stage = await waited();
		stage.world.registry.store(stage.definition.repositoryName, "v1", stableDigest, 1);

		await admit(stage, command(stage, "release", { release: { digest: stableDigest } }));
		await admit(stage, scheduled);

		expect(stage.state().phase).toBe("idle");
		expect(stage.state().next).toBeUndefined();
	});
});
