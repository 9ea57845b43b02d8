import { describe, expect, it } from "vitest";
import { announce } from "../../../lib/domain/announcement.ts";
import { releaseOf } from "../../../lib/domain/release.ts";
import { lifecycleInOrder } from "../../../simulator/checkers/lifecycle-in-order.ts";
import { candidateDigest, checkedStage, stableDigest } from "./checked-stage.ts";

const about = { service: "checkout", rolloutId: "checkout-1" };
const release = releaseOf(candidateDigest);

/** Tells the tale of one rollout; each event is a second later than the one before. */
const makeTale = () => {
	const stage = checkedStage(lifecycleInOrder);
	let atEpochMs = stage.clock.nowEpochMs();
	const next = () => {
		atEpochMs += 1_000;
		return { ...about, atEpochMs };
	};
	const tale = {
		broken: stage.broken,
		started: () => stage.say(announce("rollout.started.v1", { ...next(), release, replaces: releaseOf(stableDigest) })),
		opened: () => stage.say(announce("rollout.opened.v1", next())),
		shifted: (fromPercent: number, toPercent: number, at = next()) =>
			stage.say(announce("rollout.shifted.v1", { ...at, fromPercent, toPercent }, toPercent)),
		promoted: () => stage.say(announce("rollout.promoted.v1", { ...next(), release, windowEndsAtEpochMs: 9 })),
		closed: () => stage.say(announce("rollout.closed.v1", { ...next(), release })),
		rolledBack: (cause = "alarm") =>
			stage.say(
				announce("rollout.rolled-back.v1", {
					...next(),
					cause,
					explanation: "why",
					triggeredAtEpochMs: 1,
					zeroConfirmedAtEpochMs: 2,
					counts: null,
				}),
			),
		judged: (verdict: string) =>
			stage.say(announce("rollout.judged.v1", { ...next(), verdict, weightPercent: 25, reasons: [] }, verdict)),
		drained: () => stage.say(announce("rollout.drained.v1", { ...next(), zeroObservedAtEpochMs: 3 })),
		ended: (outcome: "promoted" | "rolled-back") => stage.say(announce("rollout.ended.v1", { ...next(), outcome })),
		paused: () => {
			const said = next();
			stage.say(announce("rollout.paused.v1", { ...said, reason: "approval", explanation: "why" }, said.atEpochMs));
		},
		resumed: () => {
			const said = next();
			stage.say(announce("rollout.resumed.v1", { ...said, by: "ana", verb: "approve" }, said.atEpochMs));
		},
		promotionAsked: () =>
			stage.say(announce("rollout.promotion-asked.v1", { ...next(), by: "ana", explanation: "in one go" }, "1")),
		needed: () => stage.say(announce("service.needs-attention.v1", { ...next(), reason: "why" })),
		closedUnder: (occasion: string) => stage.say(announce("rollout.closed.v1", { ...next(), release }, occasion)),
	};
	return tale;
};

type Tale = ReturnType<typeof makeTale>;

const toWindow = (tale: Tale): void => {
	tale.started();
	tale.opened();
	tale.paused();
	tale.resumed();
	tale.shifted(0, 5);
	tale.shifted(5, 100);
	tale.promoted();
};

describe("lifecycle events", () => {
	it("given a promotion with repetitions, holds", () => {
		const tale = makeTale();

		toWindow(tale);
		tale.closed();
		tale.opened();
		tale.closed();
		tale.ended("promoted");
		tale.ended("promoted");
		tale.needed();

		expect(tale.broken()).toEqual([]);
	});

	it.each([
		["in one go", [[5, 100]], []],
		["from where it was not", [[25, 100]], [/the weight was said to go 25 to 100 after 5/]],
		["to no step's weight", [[5, 60]], [/60 % is no step's weight/]],
	] as const)(
		"given a promotion by a person and steps that were then taken %s, finds what is wrong",
		(_, shifts, found) => {
			const tale = makeTale();

			tale.started();
			tale.opened();
			tale.shifted(0, 5);
			tale.promotionAsked();
			for (const [from, to] of shifts) tale.shifted(from, to);
			tale.promoted();
			tale.closed();
			tale.ended("promoted");

			expect(tale.broken()).toEqual(found.map((sentence) => expect.stringMatching(sentence)));
		},
	);

	it("given a rollback in the window, drained or not, holds", () => {
		const tales = [makeTale(), makeTale()] as const;

		for (const tale of tales) {
			toWindow(tale);
			tale.rolledBack();
		}
		tales[0].drained();
		for (const tale of tales) tale.ended("rolled-back");

		expect(tales.map((tale) => tale.broken())).toEqual([[], []]);
	});

	it("given a shift that was under way when the rollback began, and is heard after it, holds", () => {
		const tale = makeTale();

		tale.started();
		tale.opened();
		const at = { ...about, atEpochMs: 1 };
		tale.rolledBack();
		tale.shifted(0, 5, at);
		tale.ended("rolled-back");

		expect(tale.broken()).toEqual([]);
	});

	const harm: readonly (readonly [what: string, tell: (tale: Tale) => void, sentence: RegExp])[] = [
		[
			"harm that was found, and promoted",
			(tale) => {
				toWindow(tale);
				tale.judged("roll-back");
				tale.closed();
				tale.ended("promoted");
			},
			/harm was said to be found, and it ended promoted/,
		],
		[
			"a promotion that was not closed",
			(tale) => {
				toWindow(tale);
				tale.ended("promoted");
			},
			/rollout\.closed\.v1 was never said, and it ended promoted/,
		],
		[
			"a rollback after the closing",
			(tale) => {
				toWindow(tale);
				tale.closed();
				tale.rolledBack();
				tale.ended("rolled-back");
			},
			/rollout\.closed\.v1 was said, and it ended rolled-back/,
		],
		[
			"a shift before the trial was opened",
			(tale) => {
				tale.started();
				tale.shifted(0, 5);
				tale.opened();
				tale.rolledBack();
			},
			/rollout\.opened\.v1 came after rollout\.shifted\.v1/,
		],
		[
			"a shift without a trial",
			(tale) => {
				tale.started();
				tale.shifted(0, 5);
			},
			/served without a trial that was opened/,
		],
		[
			"a step that was left out",
			(tale) => {
				tale.started();
				tale.opened();
				tale.shifted(0, 100);
			},
			/weights were said to go 0 to 100; the steps are 0 to 5/,
		],
		[
			"a promotion after the first step",
			(tale) => {
				tale.started();
				tale.opened();
				tale.shifted(0, 5);
				tale.promoted();
			},
			/1 of 2 steps were said before it was promoted/,
		],
		[
			"a second meaning under the same id",
			(tale) => {
				tale.started();
				tale.opened();
				tale.shifted(0, 5);
				tale.shifted(5, 5);
			},
			/shifted\.v1\/5 meant .*"fromPercent":5.* after it had meant .*"fromPercent":0/,
		],
		[
			"one end under two ids",
			(tale) => {
				toWindow(tale);
				tale.closed();
				tale.closedUnder("again");
				tale.ended("promoted");
			},
			/rollout\.closed\.v1 was said under 2 ids/,
		],
		[
			"an end and then more",
			(tale) => {
				tale.started();
				tale.rolledBack();
				tale.ended("rolled-back");
				tale.paused();
				tale.rolledBack("person");
			},
			/rollout\.paused\.v1 came after rollout\.ended\.v1/,
		],
		[
			"a question of which nobody heard the answer",
			(tale) => {
				tale.started();
				tale.opened();
				tale.paused();
				tale.shifted(0, 5);
			},
			/it was paused \(approval\), and nobody was told that it went on/,
		],
	];

	it.each(harm)("given %s, does not hold", (_, tell, sentence) => {
		const tale = makeTale();

		tell(tale);

		expect(tale.broken()).toContainEqual(expect.stringMatching(sentence));
	});
});
