import { describe, expect, it } from "vitest";
import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { canaryDigest, type FunctionStage, functionStage, nextDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";

const startEpochMs = functionStage().clock.nowEpochMs();
const scheduled = { source: "aws.events", "detail-type": "Scheduled Event" };
const wall = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 16);
/** In force from before a stage begins to so many hours later. */
const frozenFor = (hours: number): Pick<ServiceDefinition, "gates"> => ({
	gates: {
		windows: [],
		freezes: [
			{
				from: wall(startEpochMs - 3_600_000),
				to: wall(startEpochMs + hours * 3_600_000),
				timeZone: "UTC",
				reason: "Audit.",
			},
		],
	},
});

const admit = (stage: FunctionStage, event: object): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).admitRelease, event, 120_000);
const kindsSaid = (stage: FunctionStage): readonly string[] => stage.said.map(({ kind }) => kind);

describe("a push while a gate is closed", () => {
	it("given a freeze, begins nothing, records what is held and says so once, however often it looks", async () => {
		const stage = functionStage(frozenFor(30));

		await admit(stage, stage.push(canaryDigest, "v2"));
		await admit(stage, scheduled);
		await admit(stage, scheduled);

		expect(stage.state()).toMatchObject({
			phase: "idle",
			epoch: 0,
			held: { release: { imageDigest: canaryDigest }, reason: expect.stringContaining("Audit.") },
		});
		expect(stage.said).toMatchObject([
			{
				kind: "release.held.v1",
				detail: { release: { imageDigest: canaryDigest }, opensAtEpochMs: startEpochMs + 30 * 3_600_000 },
			},
		]);
		expect(stage.engine.list()).toEqual([]);
	});

	it("given that the freeze is over after more than a day, the next sweep begins it, old as its push is", async () => {
		const stage = functionStage(frozenFor(30));
		await admit(stage, stage.push(canaryDigest, "v2"));

		await stage.pass(31 * 3_600);
		await admit(stage, scheduled);

		expect(stage.state()).toMatchObject({ phase: "preparing", rolloutId: "checkout-1" });
		expect(stage.state().held).toBeUndefined();
	});

	it("given a newer push, it takes the place of the one that was held", async () => {
		const stage = functionStage(frozenFor(1));
		await admit(stage, stage.push(canaryDigest, "v2"));
		await stage.pass(60);
		await admit(stage, stage.push(nextDigest, "v3"));

		await stage.pass(3_600);
		await admit(stage, scheduled);

		expect(stage.state().release?.imageDigest).toBe(nextDigest);
		expect(kindsSaid(stage)).toEqual([
			"release.held.v1",
			"release.held.v1",
			"rollout.superseded.v1",
			"rollout.started.v1",
		]);
	});

	it("given a release that was rolled back, a freeze does not hold what could not begin anyway", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await finishRollback(stage);
		await stage.ports.catalog.publish({ ...stage.definition, ...frozenFor(5) });

		await admit(stage, scheduled);

		expect(stage.state().held).toBeUndefined();
		expect(kindsSaid(stage)).not.toContain("release.held.v1");
	});

	it("given a rollout under way, a freeze holds neither it nor its rollback", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await stage.ports.catalog.publish({ ...stage.definition, ...frozenFor(5) });

		await rollBack(stage);
		await finishRollback(stage);

		expect(stage.state()).toMatchObject({ phase: "idle", last: { outcome: "rolled-back" } });
	});

	it("given an admission that dies after it said so, says the same again and records it", async () => {
		for (const moment of ["before-effect", "after-effect"] as const) {
			const stage = functionStage(frozenFor(1));
			const push = stage.push(canaryDigest, "v2");
			stage.caller.failNext({ matches: (operation) => operation === "dynamodb:UpdateItem", moment });
			await expect(admit(stage, push)).rejects.toMatchObject({ name: "StoreUnavailableError" });

			await admit(stage, push);

			expect(stage.state().held?.release.imageDigest).toBe(canaryDigest);
			expect(new Set(stage.said.map(({ id }) => id)).size).toBe(1);
		}
	});
});

describe("a limit on how many roll out at once", () => {
	const limited = { maxConcurrentTrials: 1 };

	it("given a free seat, takes it, and gives it back at the end", async () => {
		const stage = functionStage(limited);

		await reach(stage, "exposed");
		const during = await stage.ports.seats.list();
		await rollBack(stage);
		await finishRollback(stage);

		expect(during).toEqual(["checkout-1"]);
		expect(await stage.ports.seats.list()).toEqual([]);
	});

	it("given no free seat, holds the release, and a sweep begins it when one is free", async () => {
		const stage = functionStage(limited);
		await stage.ports.seats.grant("payments-3");

		await admit(stage, stage.push(canaryDigest, "v2"));
		await admit(stage, scheduled);
		const held = stage.state();
		await stage.ports.seats.giveBack("payments-3");
		await admit(stage, scheduled);

		expect(held).toMatchObject({ phase: "idle", held: { gate: "concurrent-trials" } });
		expect(held.held?.reason).toContain("payments-3");
		expect(kindsSaid(stage)).toEqual(["release.held.v1", "rollout.started.v1"]);
		expect(await stage.ports.seats.list()).toEqual(["checkout-1"]);
	});

	it("given a table that refuses because of another admission, tries once more a moment later", async () => {
		const stage = functionStage(limited);
		const push = stage.push(canaryDigest, "v2");
		stage.caller.failNext({
			matches: (operation) => operation === "dynamodb:TransactWriteItems",
			moment: "before-effect",
		});

		await expect(admit(stage, push)).resolves.toMatchObject({ outcomes: ["checkout: started checkout-1"] });
	});

	it("given that the answer was lost, finds its own admission and goes on from there", async () => {
		const stage = functionStage(limited);
		const push = stage.push(canaryDigest, "v2");
		stage.caller.failNext({
			matches: (operation) => operation === "dynamodb:TransactWriteItems",
			moment: "after-effect",
		});

		await expect(admit(stage, push)).resolves.toMatchObject({ outcomes: ["checkout: started checkout-1"] });

		expect(stage.engine.list()).toHaveLength(1);
		expect(await stage.ports.seats.list()).toEqual(["checkout-1"]);
	});
});

describe("onNewPush: supersede", () => {
	const superseding = { onNewPush: "supersede" } as const;
	const rollbacks = (stage: FunctionStage) => stage.engine.list().filter(({ name }) => name.includes("superseded"));

	it("given a push in a trial, lets it wait and starts the rollback that makes room", async () => {
		const stage = functionStage(superseding);
		await reach(stage, "exposed");
		await stage.pass(10);

		await admit(stage, stage.push(nextDigest, "v3"));

		expect(stage.state().next?.imageDigest).toBe(nextDigest);
		expect(kindsSaid(stage)).toContain("release.queued.v1");
		expect(rollbacks(stage)).toMatchObject([
			{
				input: { rolloutId: "checkout-1", cause: { kind: "superseded", explanation: expect.stringContaining("(v3)") } },
			},
		]);
	});

	it("given that it died between the two, the next look starts the rollback all the same", async () => {
		const stage = functionStage(superseding);
		await reach(stage, "exposed");
		await stage.pass(10);
		const push = stage.push(nextDigest, "v3");
		stage.caller.failNext({ matches: (operation) => operation === "states:StartExecution", moment: "before-effect" });
		await expect(admit(stage, push)).rejects.toMatchObject({ name: "ExecutionsUnavailableError" });

		await admit(stage, scheduled);

		expect(rollbacks(stage)).toHaveLength(1);
	});

	it("given a push in the window, lets it wait: the window ends early", async () => {
		const stage = functionStage(superseding);
		await reach(stage, "promoted");
		await stage.pass(10);

		await admit(stage, stage.push(nextDigest, "v3"));

		expect(stage.state().next?.imageDigest).toBe(nextDigest);
		expect(rollbacks(stage)).toEqual([]);
	});

	it("given a release that was admitted before, refuses it and takes nothing back", async () => {
		const stage = functionStage(superseding);
		await reach(stage, "exposed");
		await rollBack(stage);
		await finishRollback(stage);
		await stage.pass(10);
		await admit(stage, stage.push(nextDigest, "v3"));
		// The newer one is gone, so that the registry's newest is what was rolled back.
		await stage.pass(10);
		const registry = { ...stage.ports.registry };
		registry.newest = async () => ({ imageDigest: canaryDigest, tag: "v2", pushedAtEpochMs: stage.clock.nowEpochMs() });

		await stage.run(handlersOf({ ...stage.ports, registry }).admitRelease, {
			source: "aws.ecr",
			detail: { "repository-name": "shop/checkout" },
		});

		expect(stage.state()).toMatchObject({ release: { imageDigest: nextDigest } });
		expect(stage.state().next).toBeUndefined();
		expect(rollbacks(stage)).toEqual([]);
	});
});
