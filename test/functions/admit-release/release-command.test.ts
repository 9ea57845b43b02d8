import { describe, expect, it } from "vitest";
import { canaryDigest, functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";
import { admit, ana, command, refusals, rolledBack, said, scheduled, takenBack } from "./asking.ts";

describe("release", () => {
	it("given an earlier release by the beginning of its id, begins it although it was admitted before", async () => {
		const stage = await rolledBack();

		await admit(stage, command(stage, "release", { release: { id: stage.released(canaryDigest).id.slice(0, 6) } }));

		expect(stage.state()).toMatchObject({
			rolloutId: "checkout-3",
			release: { imageDigest: canaryDigest, tag: "v2" },
			deeds: [{ verb: "release", by: ana }],
		});
	});

	it("given a digest that only the registry knows, begins it", async () => {
		const stage = functionStage();
		stage.push(nextDigest, "nightly");

		await admit(stage, command(stage, "release", { release: { digest: nextDigest } }));

		expect(stage.state().release).toMatchObject({ imageDigest: nextDigest, tag: "nightly" });
	});

	it("given no name, begins the registry's newest, admitted before or not", async () => {
		const stage = await rolledBack();

		await admit(stage, command(stage, "release"));

		expect(stage.state().release?.imageDigest).toBe(canaryDigest);
	});

	it.each([
		["what serves", { digest: stableDigest }, "release STABLE already serves"],
		["a name that nobody knows", { id: "dddd" }, 'no release is called "dddd"; there are STABLE, CANARY'],
		["a name that is too short", { digest: "sha256:b" }, '"sha256:b" names no release; allowed are 4 digits or more'],
	])("given %s, refuses with the reason", async (_, release, reason) => {
		const stage = await rolledBack();

		await admit(stage, command(stage, "release", { release }));

		const idOf = (digest: string): string => stage.released(digest).id;
		const wanted = reason.replace("STABLE", idOf(stableDigest)).replace("CANARY", idOf(canaryDigest));
		expect(refusals(stage)).toEqual([wanted]);
		expect(stage.state().phase).toBe("idle");
	});

	it.each(["exposed", "promoted"] as const)(
		"given a rollout of something else that is %s, records the wish and takes that one back",
		async (station) => {
			const stage = functionStage();
			await reach(stage, station);
			stage.push(nextDigest, "nightly");

			await admit(stage, command(stage, "release", { release: { digest: nextDigest } }));

			expect(stage.state().wanted).toMatchObject({ release: { imageDigest: nextDigest }, by: ana });
			expect(takenBack(stage)).toMatchObject([
				{
					input: { rolloutId: "checkout-1", cause: { kind: "superseded", explanation: expect.stringContaining(ana) } },
				},
			]);
			await rollBack(stage, { kind: "superseded" });
			await finishRollback(stage);
			await admit(stage, { ...scheduled });
			expect(stage.state()).toMatchObject({
				rolloutId: "checkout-3",
				release: { imageDigest: nextDigest },
				askedBy: ana,
			});
		},
	);

	it("given what is in its own window, refuses", async () => {
		const stage = functionStage();
		await reach(stage, "promoted");

		await admit(stage, command(stage, "release", { release: { digest: canaryDigest } }));

		expect(refusals(stage)).toEqual([
			`release ${stage.released(canaryDigest).id} is in its window: it serves everybody (checkout-1)`,
		]);
		expect(takenBack(stage)).toEqual([]);
	});

	it("given what serves while something else is on trial, takes that back, and that is all", async () => {
		const stage = functionStage();
		stage.push(stableDigest, "v1");
		await stage.pass(1);
		await reach(stage, "exposed");

		await admit(stage, command(stage, "release", { release: { digest: stableDigest } }));

		expect(takenBack(stage)).toHaveLength(1);
		expect(stage.state().wanted).toBeUndefined();
		expect(said(stage, "release.asked.v1")).toMatchObject([{ detail: { becomes: "checkout-1 goes back to it" } }]);
	});

	it("given a rollback under way, waits and goes first at its end", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await admit(stage, command(stage, "retry"));
		const waiting = stage.state();
		await admit(stage, stage.push(nextDigest, "v3"));

		await finishRollback(stage);
		await admit(stage, scheduled);

		expect(waiting).toMatchObject({ phase: "rolling-back", wanted: { release: { imageDigest: canaryDigest } } });
		expect(takenBack(stage)).toEqual([]);
		expect(stage.state()).toMatchObject({ rolloutId: "checkout-3", release: { imageDigest: canaryDigest } });
	});

	it("given a newer wish, it takes the place of the older one; the older one that comes late is refused", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		const older = command(stage, "retry");
		await stage.pass(2);
		stage.push(nextDigest, "nightly");
		await admit(stage, command(stage, "release", { release: { digest: nextDigest } }, "ben"));

		await admit(stage, older);

		expect(stage.state().wanted).toMatchObject({ by: "ben", release: { imageDigest: nextDigest } });
		expect(refusals(stage)).toEqual([`ben has asked for release ${stage.released(nextDigest).id} since`]);
	});
});
