import { describe, expect, it } from "vitest";
import { announce } from "../../../lib/domain/announcement.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import type { Outcome } from "../../../lib/domain/service-state.ts";
import { eachReleaseOnce } from "../../../simulator/checkers/each-release-once.ts";
import { digestOf } from "../fakes/stage.ts";
import { candidateDigest, checkedStage, stableDigest } from "./checked-stage.ts";

const candidate = releaseOf(candidateDigest);
const stable = releaseOf(stableDigest);

const makeStage = () => {
	const stage = checkedStage(eachReleaseOnce);
	const sayEnded = (rolloutId: string, outcome: Outcome) =>
		stage.say(
			announce("rollout.ended.v1", {
				service: "checkout",
				rolloutId,
				atEpochMs: stage.clock.nowEpochMs(),
				outcome,
			}),
		);
	return {
		...stage,
		sayStarted: (rolloutId: string) =>
			stage.say(
				announce("rollout.started.v1", {
					service: "checkout",
					rolloutId,
					atEpochMs: stage.clock.nowEpochMs(),
					release: candidate,
					replaces: stable,
				}),
			),
		end: (rolloutId: string) => {
			stage.write({ phase: "rolling-back" });
			stage.write({ phase: "idle" }, ["rolloutId", "release"]);
			sayEnded(rolloutId, "rolled-back");
		},
		sayEnded,
	};
};

describe("each release is rolled out once", () => {
	it("given one rollout that ends, said twice, holds", () => {
		const stage = makeStage();

		stage.begin(1);
		stage.sayStarted("checkout-1");
		stage.sayStarted("checkout-1");
		stage.end("checkout-1");

		expect(stage.broken()).toEqual([]);
	});

	it("given a push that nobody heard, does not hold", () => {
		expect(makeStage().broken()).toEqual([expect.stringMatching(/had not been rolled out/)]);
	});

	it("given a push that a newer one replaced while it waited, holds", () => {
		const stage = makeStage();

		stage.say(
			announce("rollout.superseded.v1", {
				service: "checkout",
				release: candidate,
				by: releaseOf(digestOf("c")),
				atEpochMs: stage.clock.nowEpochMs(),
			}),
		);

		expect(stage.broken()).toEqual([]);
	});

	it("given a release that begins again after it was rolled back, does not hold", () => {
		const stage = makeStage();

		stage.begin(1);
		stage.sayStarted("checkout-1");
		stage.end("checkout-1");
		stage.begin(3);
		stage.sayStarted("checkout-3");
		stage.end("checkout-3");

		expect(stage.broken()).toEqual([
			expect.stringMatching(/began again: checkout-1, checkout-3/),
			expect.stringMatching(/2 rollouts of .* were said to start: checkout-1, checkout-3/),
		]);
	});

	it("given a rollout that never ends, does not hold", () => {
		const stage = makeStage();

		stage.begin(1);

		expect(stage.broken()).toEqual([expect.stringMatching(/checkout-1 had ended 0 times/)]);
	});

	it.each([
		["of which nobody is told", [], /checkout-1 had ended, and was said to have: never/],
		["that is told both ways", ["promoted", "rolled-back"], /was said to have: promoted, rolled-back/],
	] as const)("given an end %s, does not hold", (_, outcomes, sentence) => {
		const stage = makeStage();

		stage.begin(1);
		stage.write({ phase: "rolling-back" });
		stage.write({ phase: "idle" }, ["rolloutId", "release"]);
		for (const outcome of outcomes) stage.sayEnded("checkout-1", outcome);

		expect(stage.broken()).toEqual([expect.stringMatching(sentence)]);
	});

	it("given a start that is said and not begun, does not hold", () => {
		const stage = makeStage();

		stage.begin(1);
		stage.end("checkout-1");
		stage.sayStarted("checkout-2");

		expect(stage.broken()).toEqual([
			expect.stringMatching(/checkout-2 was said to start, and the record never began it/),
		]);
	});
});
