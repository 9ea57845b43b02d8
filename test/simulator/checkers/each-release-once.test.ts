import { describe, expect, it } from "vitest";
import { announce } from "../../../lib/domain/announcement.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { eachReleaseOnce } from "../../../simulator/checkers/each-release-once.ts";
import { digestOf } from "../fakes/stage.ts";
import { candidateDigest, checkedStage, stableDigest } from "./checked-stage.ts";

const candidate = releaseOf(candidateDigest);
const stable = releaseOf(stableDigest);

const makeStage = () => {
	const stage = checkedStage(eachReleaseOnce);
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
		end: () => {
			stage.write({ phase: "rolling-back" });
			stage.write({ phase: "idle" }, ["rolloutId", "release"]);
		},
	};
};

describe("each release is rolled out once", () => {
	it("given one rollout that ends, said twice, holds", () => {
		const stage = makeStage();

		stage.begin(1);
		stage.sayStarted("checkout-1");
		stage.sayStarted("checkout-1");
		stage.end();

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
		stage.end();
		stage.begin(3);
		stage.sayStarted("checkout-3");
		stage.end();

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

	it("given a start that is said and not begun, does not hold", () => {
		const stage = makeStage();

		stage.begin(1);
		stage.end();
		stage.sayStarted("checkout-2");

		expect(stage.broken()).toEqual([
			expect.stringMatching(/checkout-2 was said to start, and the record never began it/),
		]);
	});
});
