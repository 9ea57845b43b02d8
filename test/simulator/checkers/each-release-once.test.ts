import { describe, expect, it } from "vitest";
import { announce } from "../../../lib/domain/announcement.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import type { Outcome } from "../../../lib/domain/service-state.ts";
import { eachReleaseOnce } from "../../../simulator/checkers/each-release-once.ts";
import type { BalancedDefinition } from "../../contracts/contract-definition.ts";
import { digestOf } from "../fakes/stage.ts";
import { candidateDigest, checkedStage, stableDigest } from "./checked-stage.ts";

const candidate = releaseOf(candidateDigest);
const stable = releaseOf(stableDigest);

const makeStage = (definition: Partial<BalancedDefinition> = {}) => {
	const stage = checkedStage(eachReleaseOnce, { definition });
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
		sayPushed: (
			imageDigest: string,
			{ tag = "v2", repository = stage.definition.repositoryName }: { tag?: string | null; repository?: string } = {},
		) =>
			stage.tell("ECR Image Action", {
				"repository-name": repository,
				"image-digest": imageDigest,
				"action-type": "PUSH",
				...(tag !== null && { "image-tag": tag }),
			}),
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
		const stage = makeStage();

		stage.sayPushed(candidateDigest);

		expect(stage.broken()).toEqual([expect.stringMatching(/had not been rolled out/)]);
	});

	it.each<readonly [string, { digest?: string; tag?: string | null; repository?: string }]>([
		["under a tag that is not rolled out", { tag: "latest" }],
		["without a tag", { tag: null }],
		["to another repository", { repository: "shop/search" }],
		["of what already serves", { digest: stableDigest }],
	])("given a push %s that nobody heard, holds", (_, { digest = candidateDigest, ...where }) => {
		const stage = makeStage({ tagPattern: "^v[0-9]+$" });

		stage.sayPushed(digest, where);

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		[600, 0],
		[700, 1],
	] as const)("given a push that a newer one followed after %i s, finds %i that was missed", async (seconds, count) => {
		const stage = makeStage();

		stage.sayPushed(candidateDigest);
		await stage.pass(seconds);
		stage.sayPushed(digestOf("c"));
		stage.begin(1, digestOf("c"));
		stage.end("checkout-1");

		expect(stage.broken()).toHaveLength(count);
	});

	it("given a push by mistake whose tag was put back while something else was rolled out, holds", () => {
		const stage = makeStage();

		stage.begin(1, digestOf("d"));
		stage.sayPushed(digestOf("d"), { tag: "live" });
		stage.sayPushed(candidateDigest, { tag: "live" });
		stage.sayPushed(digestOf("d"), { tag: "live" });
		stage.end("checkout-1");

		expect(stage.broken()).toEqual([]);
	});

	it("given a push that waited when a newer one came, does not hold unless that is said", () => {
		const stage = makeStage();

		stage.begin(1, digestOf("d"));
		stage.sayPushed(candidateDigest);
		stage.write({ next: candidate });
		stage.sayPushed(digestOf("c"));
		stage.end("checkout-1");
		stage.begin(2, digestOf("c"));
		stage.end("checkout-2");

		expect(stage.broken()).toEqual([expect.stringMatching(/the release that was pushed \(b{12}\) had not been/)]);
	});

	it.each([
		["command.retry.v1", {}],
		["command.release.v1", { release: { id: candidate.id } }],
		["command.release.v1", { release: { digest: candidateDigest } }],
	])("given a person who asks for it again (%s %j), holds once more and no more", (detailType, detail) => {
		const stage = makeStage();

		stage.begin(1);
		stage.sayStarted("checkout-1");
		stage.end("checkout-1");
		stage.tell(detailType, { service: "checkout", ...detail }, "people/ana");
		stage.begin(3);
		stage.end("checkout-3");
		const asked = stage.broken();
		stage.begin(5);
		stage.end("checkout-5");

		expect(asked).toEqual([]);
		expect(stage.broken()).toEqual([expect.stringMatching(/began again/)]);
	});

	it("given a push that a newer one replaced while it waited, holds", () => {
		const stage = makeStage();

		stage.sayPushed(candidateDigest);
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
