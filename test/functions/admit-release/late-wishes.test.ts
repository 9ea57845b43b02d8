import { describe, expect, it } from "vitest";
import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { canaryDigest, functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";
import { admit, ana, command, refusals, rolledBack, said, scheduled, takenBack } from "./asking.ts";

const ben = "AROAEXAMPLEROLEID0001:ben@shop.example";
const startEpochMs = functionStage().clock.nowEpochMs();
const wall = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 16);
/** In force from some seconds after a stage begins for thirty hours. */
const frozenFrom = (seconds: number): Pick<ServiceDefinition, "gates"> => ({
	gates: {
		windows: [],
		freezes: [
			{
				from: wall(startEpochMs + seconds * 1000),
				to: wall(startEpochMs + 30 * 3_600_000),
				timeZone: "UTC",
				reason: "Audit.",
			},
		],
	},
});

describe("retry of a rollout by name", () => {
	it("given the one under way, refuses, and brings no other rollout's release back", async () => {
		const stage = await rolledBack();
		await admit(stage, stage.push(nextDigest, "v3"));

		await admit(stage, command(stage, "retry", { rolloutId: "checkout-3" }));

		expect(refusals(stage)).toEqual(["rollout checkout-3 is under way"]);
		expect(stage.state().wanted).toBeUndefined();
		expect(takenBack(stage)).toEqual([]);
	});

	it("given the last one while a later one is going back, means that last one", async () => {
		const stage = await rolledBack();
		await admit(stage, stage.push(nextDigest, "v3"));
		stage.world.table.put({ ...stage.state(), phase: "rolling-back", epoch: stage.state().epoch + 1 });

		await admit(stage, command(stage, "retry", { rolloutId: "checkout-1" }));

		expect(stage.state().wanted?.release.imageDigest).toBe(canaryDigest);
	});
});

describe("what waited and is given up", () => {
	it("given a held push, begins neither now nor when gates open", async () => {
		const stage = functionStage(frozenFrom(-3_600));
		stage.push(stableDigest, "v1");
		await stage.pass(1);
		await admit(stage, stage.push(canaryDigest, "v2"));
		await stage.pass(60);

		await admit(stage, command(stage, "release", { release: { digest: stableDigest } }));
		const givenUp = stage.state();
		await admit(stage, scheduled);
		await stage.pass(31 * 3_600);
		await admit(stage, scheduled);

		expect(said(stage, "release.asked.v1")).toMatchObject([
			{ detail: { becomes: `it serves; what waited is given up: v2 (${stage.released(canaryDigest).id})` } },
		]);
		expect(givenUp.held).toBeUndefined();
		expect(stage.state().held).toBeUndefined();
		expect(stage.state().phase).toBe("idle");
		expect(said(stage, "release.held.v1")).toHaveLength(1);
	});

	it("given a lost answer at any call, is given up once the event comes again, and nothing is refused", async () => {
		const make = async () => {
			const stage = functionStage(frozenFrom(-3_600));
			stage.push(stableDigest, "v1");
			await stage.pass(1);
			await admit(stage, stage.push(canaryDigest, "v2"));
			await stage.pass(60);
			stage.caller.calls.length = 0;
			return stage;
		};
		const untroubled = await make();
		await admit(untroubled, command(untroubled, "release", { release: { digest: stableDigest } }));
		const calls = untroubled.caller.calls.length;

		for (let lost = 1; lost <= calls; lost++) {
			const stage = await make();
			const event = command(stage, "release", { release: { digest: stableDigest } });
			let seen = 0;
			stage.caller.failNext({ matches: () => ++seen === lost, moment: "after-effect" });
			await admit(stage, event).catch((error: unknown) => error);
			await admit(stage, event);

			expect(stage.state().held, `call ${lost}`).toBeUndefined();
			expect(refusals(stage)).toEqual([]);
		}
	});

	it("given a wish that waited for a rollback, does not begin by itself afterwards", async () => {
		const stage = functionStage();
		stage.push(stableDigest, "v1");
		await stage.pass(1);
		await reach(stage, "exposed");
		await rollBack(stage);
		await stage.pass(10);
		stage.push(nextDigest, "v3");
		await admit(stage, command(stage, "release", { release: { digest: nextDigest } }));
		await stage.pass(10);

		await admit(stage, command(stage, "release", { release: { digest: stableDigest } }, ben));
		await finishRollback(stage);
		await admit(stage, scheduled);

		expect(stage.state()).toMatchObject({ phase: "idle", stableRelease: { imageDigest: stableDigest } });
		expect(stage.state().wanted).toBeUndefined();
	});
});

describe("an older command that arrives after a newer one has begun", () => {
	it.each([
		["another release", nextDigest],
		["what serves", stableDigest],
	])("given %s, refuses it and takes nothing back", async (_, digest) => {
		const stage = functionStage();
		for (const [pushed, tag] of [
			[stableDigest, "v1"],
			[nextDigest, "v3"],
			[canaryDigest, "v2"],
		] as const)
			stage.push(pushed, tag);
		const older = command(stage, "release", { release: { digest } });
		await stage.pass(5);
		await admit(stage, command(stage, "release", { release: { digest: canaryDigest } }, ben));
		await stage.pass(60);

		await admit(stage, older);

		expect(refusals(stage)).toEqual([expect.stringContaining("a release was asked for since")]);
		expect(stage.state()).toMatchObject({ rolloutId: "checkout-1", askedBy: ben });
		expect(stage.state().wanted).toBeUndefined();
		expect(takenBack(stage)).toEqual([]);
	});

	it("given a clock that is ahead, takes the command for one of now: the next one is newer", async () => {
		const stage = functionStage(frozenFrom(-3_600));
		stage.push(nextDigest, "v3");
		stage.push(canaryDigest, "v2");
		const ahead = { ...command(stage, "release", { release: { digest: nextDigest } }), time: "2099-01-01T00:00:00Z" };
		await admit(stage, ahead);
		await stage.pass(60);

		await admit(stage, command(stage, "release", { release: { digest: canaryDigest } }));

		expect(refusals(stage)).toEqual([]);
		expect(stage.state().wanted?.release.imageDigest).toBe(canaryDigest);
	});
});

describe("a wish beside a push", () => {
	it("given that it lands between the push's look and its write, makes no room for itself", async () => {
		const stage = functionStage();
		const push = stage.push(canaryDigest, "v2");
		const { admit: write } = stage.ports.store;
		let isFirst = true;
		const store = {
			...stage.ports.store,
			admit: async (...args: Parameters<typeof write>) => {
				const wanted = { release: args[1], by: ana, atEpochMs: stage.clock.nowEpochMs() };
				if (isFirst) stage.world.table.put({ ...stage.state(), wanted });
				isFirst = false;
				return write(...args);
			},
		};

		await stage.run(handlersOf({ ...stage.ports, store }).admitRelease, push, 120_000);
		await admit(stage, scheduled);

		expect(stage.state()).toMatchObject({ rolloutId: "checkout-1", askedBy: ana });
		expect(stage.state().wanted).toBeUndefined();
		expect(takenBack(stage)).toEqual([]);
	});

	it("given that it makes room, a push is not told that it is refused, and begins in its turn", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stage.push(nextDigest, "nightly");
		await admit(stage, command(stage, "release", { release: { digest: nextDigest } }));

		await admit(stage, stage.push(`sha256:${"d".repeat(64)}`, "v4"));

		expect(said(stage, "release.refused.v1")).toEqual([]);
	});

	it("given a repeated delivery six minutes later, a wish on record is not refused", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stage.push(nextDigest, "nightly");
		const event = command(stage, "release", { release: { digest: nextDigest } });
		await admit(stage, event);
		await stage.pass(360);

		await admit(stage, event);

		expect(refusals(stage)).toEqual([]);
		expect(stage.state().wanted?.release.imageDigest).toBe(nextDigest);
	});
});

describe("a wish that a gate will hold", () => {
	it("given an open window, lets it be seen through, and begins once gates are open", async () => {
		const stage = functionStage(frozenFrom(60));
		await reach(stage, "promoted");
		await stage.pass(120);
		stage.push(nextDigest, "nightly");

		await admit(stage, command(stage, "release", { release: { digest: nextDigest } }));
		await admit(stage, scheduled);

		expect(stage.state()).toMatchObject({ phase: "window", wanted: { by: ana } });
		expect(takenBack(stage)).toEqual([]);
		expect(said(stage, "release.asked.v1")).toMatchObject([
			{ detail: { becomes: expect.stringContaining("checkout-1 goes on, because it could not begin:") } },
		]);
	});

	it.each([
		["an override", nextDigest, { override: true }],
		["what serves", stableDigest, {}],
	])("given %s, takes back what is under way all the same", async (_, digest, terms) => {
		const stage = functionStage(frozenFrom(60));
		stage.push(stableDigest, "v1");
		await stage.pass(1);
		await reach(stage, "promoted");
		await stage.pass(120);
		stage.push(nextDigest, "nightly");

		await admit(stage, command(stage, "release", { release: { digest }, ...terms }));

		expect(takenBack(stage)).toHaveLength(1);
	});
});

describe("what is held", () => {
	it("given that the registry has no image any more, is forgotten", async () => {
		const stage = functionStage(frozenFrom(-3_600));
		await admit(stage, stage.push(canaryDigest, "v2"));
		const registry = { ...stage.ports.registry, newest: async () => null };

		await stage.run(handlersOf({ ...stage.ports, registry }).admitRelease, scheduled, 120_000);

		expect(stage.state().held).toBeUndefined();
	});
});
