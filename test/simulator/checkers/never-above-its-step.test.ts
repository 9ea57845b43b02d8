import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { neverAboveItsStep } from "../../../simulator/checkers/never-above-its-step.ts";
import { candidateDigest } from "./checked-stage.ts";
import { exposedStage } from "./exposed-stage.ts";

describe("never above its step", () => {
	it("given a weight that is claimed and then set, holds, also where it lands in a rollback", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.claim(5);
		await stage.look(10);
		stage.beginRollback();
		stage.setTrial(5);
		await stage.look(10);
		stage.deleteTrial();
		await stage.look(300);
		stage.finish();
		await stage.look(10);

		expect(stage.broken()).toEqual([]);
	});

	it("given a weight that is set before it is claimed, does not hold, and says both weights", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.shift(5);
		await stage.look(10);
		stage.setTrial(100);

		expect(stage.broken()).toEqual([expect.stringMatching(/rules give the candidate 100 % in trial; allowed are 5 %/)]);
	});

	it("given a rule that lost its trial above a base rule that somebody moved, does not hold", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.shift(5);
		stage.moveBase(100);
		await stage.look(10);
		stage.deleteTrial();
		await stage.look(10);

		expect(stage.broken()).toEqual([
			expect.stringMatching(/rules give the candidate 100 %/),
			expect.stringMatching(/users send the candidate 100 %/),
		]);
	});

	it("given a weight that is left when the rollout is over, does not hold", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.shift(5);
		stage.beginRollback();
		await stage.look(10);
		stage.finish();

		expect(stage.broken()).toEqual([expect.stringMatching(/rules give the candidate 5 % in idle; allowed are 0 %/)]);
	});

	it("given a weight on record that is no step's, does not hold", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.claim(7);

		expect(stage.broken()).toEqual([expect.stringMatching(/7 % is on record/)]);
	});

	it("given a candidate that has become the stable release, holds at any weight", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.shift(100);
		stage.write({ phase: "window" });
		stage.write({ phase: "closing", epoch: 2 });
		stage.moveBase(100);
		stage.deleteTrial();
		stage.write({ stableSlot: "green", stableRelease: releaseOf(candidateDigest) });
		stage.finish();
		await stage.look(10);

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		[140, 0],
		[160, 1],
	] as const)("given a rule that a person raised %i s ago, finds %i excess", async (seconds, count) => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.shift(5);
		stage.hands.add("rule-edited");
		stage.setTrial(100, "hand");
		await stage.look(seconds);

		expect(stage.broken()).toHaveLength(count);
	});

	it("given an edited rule, does not excuse what a function writes itself", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.shift(5);
		stage.hands.add("rule-edited");
		stage.setTrial(100);

		expect(stage.broken()).toHaveLength(1);
	});

	it("given an edited record, allows what was claimed before and no more", async () => {
		const stage = await exposedStage(neverAboveItsStep);

		stage.shift(5);
		stage.hands.add("record-edited");
		stage.edit({ phase: "idle" });
		await stage.look(10);
		const before = stage.broken().length;
		stage.setTrial(100);

		expect(before).toBe(0);
		expect(stage.broken()).toHaveLength(1);
	});
});
