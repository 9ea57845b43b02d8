import { describe, expect, it } from "vitest";
import { canaryDigest, type FunctionStage, functionStage, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach } from "../rollout-journey.ts";
import { admit, ana, command, refusals, rolledBack, said, scheduled } from "./asking.ts";

describe("retry", () => {
	it("given a release that was rolled back, begins it again, records who asked and says so", async () => {
		const stage = await rolledBack();

		await admit(stage, command(stage, "retry"));

		expect(stage.state()).toMatchObject({
			phase: "preparing",
			rolloutId: "checkout-3",
			release: { imageDigest: canaryDigest },
			askedBy: ana,
		});
		expect(stage.state().wanted).toBeUndefined();
		expect(said(stage, "release.asked.v1")).toMatchObject([{ detail: { verb: "retry", by: ana, override: false } }]);
	});

	it("given the same command again, begins nothing more and says nothing more", async () => {
		const stage = await rolledBack();
		const event = command(stage, "retry");
		await admit(stage, event);
		const { length } = stage.said;

		await admit(stage, event);

		expect(stage.said).toHaveLength(length);
		expect(stage.state().rolloutId).toBe("checkout-3");
	});

	it("given a command that comes ten minutes late, refuses it with its age", async () => {
		const stage = await rolledBack();
		const event = command(stage, "retry");
		await stage.pass(601);

		await admit(stage, event);

		expect(refusals(stage)).toEqual([expect.stringContaining("the command is 601 s old; allowed are 300 s")]);
		expect(stage.state().phase).toBe("idle");
	});

	it.each([
		["that never had a rollout", async () => functionStage(), "no rollout of this service has ended yet"],
		[
			"whose last rollout was promoted",
			async () => {
				const stage = functionStage();
				await reach(stage, "closed");
				await stage.run(handlersOf(stage.ports).finishRollout, { v: 1, rolloutId: "checkout-1", outcome: "promoted" });
				return stage;
			},
			"the last rollout, checkout-1, was promoted; name a release instead",
		],
	])("given a service %s, refuses with the reason", async (_, make, reason) => {
		const stage = await make();

		await admit(stage, command(stage, "retry"));

		expect(refusals(stage)).toEqual([reason]);
		expect(stage.telemetry.counters.get("CommandRefused{verb=retry}")).toBe(1);
	});

	it("given an image that has expired in the registry, refuses", async () => {
		const stage = await rolledBack();
		const registry = { ...stage.ports.registry, find: async () => null };

		await stage.run(handlersOf({ ...stage.ports, registry }).admitRelease, command(stage, "retry"));

		expect(refusals(stage)).toEqual([expect.stringContaining("holds no image")]);
		expect(stage.state().phase).toBe("idle");
	});

	it("given a service that nobody knows, refuses where the person can see it", async () => {
		const stage = functionStage();

		await admit(stage, command(stage, "retry", { service: "search" }));

		expect(refusals(stage)).toHaveLength(1);
	});

	it("given any one of its calls lost before or after its effect, ends alike once the event comes again", async () => {
		const untroubled = await rolledBack();
		untroubled.caller.calls.length = 0;
		await admit(untroubled, command(untroubled, "retry"));
		const calls = untroubled.caller.calls.length;

		for (const moment of ["before-effect", "after-effect"] as const) {
			for (let lost = 1; lost <= calls; lost++) {
				const stage = await rolledBack();
				const event = command(stage, "retry");
				let seen = 0;
				stage.caller.failNext({ matches: () => ++seen === lost, moment });
				await admit(stage, event).catch((error: unknown) => error);
				await stage.pass(60);
				await admit(stage, event);

				expect(stage.state(), `call ${lost} lost ${moment}`).toMatchObject({
					rolloutId: "checkout-3",
					askedBy: ana,
					executionStarted: true,
				});
				expect(stage.state().wanted).toBeUndefined();
				expect(refusals(stage)).toEqual([]);
				expect(new Set(said(stage, "release.asked.v1").map(({ id }) => id)).size).toBe(1);
				expect(stage.engine.list().filter(({ name }) => name === "checkout-3")).toHaveLength(1);
			}
		}
	});
});

describe("a command during a freeze", () => {
	const freeze = { from: "2000-01-01T00:00", to: "2100-01-01T00:00", timeZone: "UTC", reason: "Audit." };
	const frozen = { gates: { windows: [], freezes: [freeze] } };
	const stopped = async (): Promise<FunctionStage> => {
		const stage = await rolledBack();
		await stage.ports.catalog.publish({ ...stage.definition, ...frozen });
		return stage;
	};

	it("given no override, is held like a push and begins when gates are open", async () => {
		const stage = await stopped();

		await admit(stage, command(stage, "retry"));
		const held = stage.state();
		await stage.ports.catalog.publish(stage.definition);
		await admit(stage, scheduled);

		expect(held).toMatchObject({
			phase: "idle",
			wanted: { by: ana },
			held: { release: { imageDigest: canaryDigest } },
		});
		expect(stage.state()).toMatchObject({ rolloutId: "checkout-3", askedBy: ana });
	});

	it("given an override, begins, and it is said who answers for that", async () => {
		const stage = await stopped();

		await admit(stage, command(stage, "retry", { override: true }));

		expect(stage.state().rolloutId).toBe("checkout-3");
		expect(said(stage, "release.asked.v1")).toMatchObject([{ detail: { by: ana, override: true } }]);
	});

	it("given that what serves is asked for, gives up what waited", async () => {
		const stage = await stopped();
		stage.push(stableDigest, "older");
		await admit(stage, command(stage, "retry"));
		await stage.pass(1);

		await admit(stage, command(stage, "release", { release: { digest: stableDigest } }));

		expect(stage.state().wanted).toBeUndefined();
		expect(stage.state().held).toBeUndefined();
	});
});
