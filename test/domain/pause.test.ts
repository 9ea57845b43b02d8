import { describe, expect, it } from "vitest";
import { beginPause, endPause, lapsePause, openQuestion, recordAnswer, settlePause } from "../../lib/domain/pause.ts";
import { type Answer, type Pause, type Phase, phases, revertiblePhases } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { serviceState } from "./builders.ts";

const pause = (fields: Partial<Pause> = {}): Pause => ({
	reason: "approval",
	explanation: "An approver must agree.",
	token: "token-1",
	sinceEpochMs: 1_900_000,
	approvers: [],
	...fields,
});

describe("beginPause and endPause", () => {
	it("given a rollout that goes on, a pause is added and taken away, and of it only stays when it was asked", () => {
		const state = serviceState({ phase: "trial" });

		const paused = applied(state, beginPause(7, pause(), 1_900_000));

		expect(paused).toStrictEqual({ ...state, pause: pause(), askedAtEpochMs: 1_900_000 });
		expect(applied(paused, endPause(7, "token-1"))).toStrictEqual({ ...state, askedAtEpochMs: 1_900_000 });
	});

	it.each([
		["begins", beginPause(7, pause(), 1_900_000)],
		["ends", endPause(7, "token-1")],
	])(
		"given every phase and epoch, a pause %s only where a rollback could begin, and at its own epoch",
		(_, transition) => {
			const at = (phase: Phase, epoch: number) => serviceState({ phase, epoch, pause: pause() });

			const possible = phases.filter((phase) => satisfies(at(phase, 7), transition.condition));

			expect(possible).toStrictEqual(revertiblePhases);
			expect(satisfies(at("trial", 6), transition.condition)).toBe(false);
			expect(satisfies(at("trial", 8), transition.condition)).toBe(false);
		},
	);

	it.each([
		["another question by now", serviceState({ phase: "trial", pause: pause({ token: "token-2" }) })],
		["no question any more", serviceState({ phase: "trial" })],
	])("given %s, the end of the one that was answered is refused", (_, state) => {
		expect(satisfies(state, endPause(7, "token-1").condition)).toBe(false);
	});
});

describe("a question that a person asked for", () => {
	const wish = { id: "event-1", verb: "pause", by: "ana", atEpochMs: 1_850_000, phase: "trial" } as const;

	it.each([
		["is on record", wish, true],
		["was taken back", { ...wish, isOver: true }, false],
		["gave way to another", { ...wish, id: "event-2" }, false],
		["is gone", undefined, false],
	])("given a wish that %s, is asked exactly where that still holds", (_, present, isAsked) => {
		const state = serviceState({ phase: "trial", ...(present && { wish: present }) });
		const { condition } = beginPause(7, pause({ reason: "person" }), 1_900_000, undefined, wish);

		expect(satisfies(state, condition)).toBe(isAsked);
		expect(condition.isWishOpen).toBe(true);
	});
});

describe("a question that comes late", () => {
	const asked = applied(serviceState({ phase: "trial" }), beginPause(7, pause({ sinceEpochMs: 2_000 }), 2_000));
	const answered = applied(asked, endPause(7, "token-1"));

	it.each([
		["while a newer question waits", asked],
		["after a newer question was answered", answered],
	])("given one %s, takes its place only where it was asked no earlier: a write may be sent twice", (_, state) => {
		const possible = [1_999, 2_000, 2_001].filter((sinceEpochMs) =>
			satisfies(state, beginPause(7, pause({ sinceEpochMs }), sinceEpochMs).condition),
		);

		expect(possible).toStrictEqual([2_000, 2_001]);
	});
});

describe("answers on record", () => {
	const ana: Answer = { verb: "approve", by: "ana", atEpochMs: 1_950_000 };
	const ben: Answer = { ...ana, by: "ben" };
	const asked = serviceState({ phase: "trial", pause: pause() });
	const once = applied(asked, recordAnswer(7, pause(), ana, false));

	it("given one of two, the question stays open; given the last, it counts and the question is none any more", () => {
		const twice = applied(once, recordAnswer(7, once.pause ?? pause(), ben, true));

		expect(once).toStrictEqual({ ...asked, pause: pause({ answers: [ana] }) });
		expect(openQuestion(once)).toBe(once.pause);
		expect(twice).toStrictEqual({
			...asked,
			pause: pause({ answers: [ana, ben], answeredBy: ben }),
			answeredAtEpochMs: 1_900_000,
			pausedSeconds: 50,
		});
		expect(once.approvedPercent).toBeUndefined();
		expect(openQuestion(twice)).toBeUndefined();
		expect(openQuestion(serviceState({ phase: "trial" }))).toBeUndefined();
	});

	it("given the last approval of a weight, keeps that weight when the question is forgotten", () => {
		const about = pause({ weightPercent: 50 });

		const settledNow = applied(asked, settlePause(7, about, ana, 2_000_000));
		const answered = applied(asked, recordAnswer(7, about, ana, true));

		for (const state of [settledNow, answered])
			expect(applied(state, endPause(7, "token-1"))).toMatchObject({ approvedPercent: 50 });
		expect(answered.bakesSinceEpochMs).toBeUndefined();
		expect(applied(asked, recordAnswer(7, about, ana, false)).approvedPercent).toBeUndefined();
	});

	it("given any other question, keeps its weight and says that it bakes since the answer, at the earliest since it was asked", () => {
		const about = pause({ reason: "undecided", weightPercent: 50 });
		const resumed = { ...ana, verb: "resume" } as const;
		const early = { ...resumed, atEpochMs: 1_899_999 };

		const answered = applied(asked, recordAnswer(7, about, resumed, true));

		expect(answered).toMatchObject({ approvedPercent: 50, bakesSinceEpochMs: 1_950_000 });
		expect(applied(asked, recordAnswer(7, about, early, true)).bakesSinceEpochMs).toBe(1_900_000);
	});

	it("given an answer that is enough only now, it counts from now, for the question and the answers that were read", () => {
		const write = settlePause(7, once.pause ?? pause(), ana, 2_000_000, 10);

		expect(applied(once, write)).toStrictEqual({
			...asked,
			pause: pause({ answers: [ana], answeredBy: ana }),
			answeredAtEpochMs: 1_900_000,
			pausedSeconds: 110,
		});
		expect(applied(once, settlePause(7, once.pause ?? pause(), ana, 1_800_000)).pausedSeconds).toBe(0);
		const others = [asked, { ...once, epoch: 8 }, { ...once, phase: "closing" } as const];
		expect([once, ...others].map((state) => satisfies(state, write.condition))).toEqual([true, false, false, false]);
	});

	it("given an answer that somebody has not seen, neither another one nor giving up lands on top of it", () => {
		expect(satisfies(once, recordAnswer(7, pause(), ben, true).condition)).toBe(false);
		expect(satisfies(once, lapsePause(7, pause()).condition)).toBe(false);
		expect(satisfies(asked, recordAnswer(7, pause({ token: "token-2" }), ana, true).condition)).toBe(false);
		expect(applied(once, lapsePause(7, once.pause ?? pause()))).toStrictEqual(serviceState({ phase: "trial" }));
	});

	it("given an answer that is enough only later, nothing lands on top of it that has seen it as not enough", () => {
		const seen = once.pause ?? pause();
		const settled = applied(once, settlePause(7, seen, ana, 1_990_000));

		expect(settled.pause).toStrictEqual(pause({ answers: [ana], answeredBy: ana }));
		for (const late of [
			lapsePause(7, seen),
			recordAnswer(7, seen, ben, true),
			beginPause(7, pause({ token: "token-2" }), 2_000_000, seen),
			settlePause(7, seen, ana, 1_995_000),
		])
			expect(satisfies(settled, late.condition)).toBe(false);
	});

	it("given the same question asked once more, its answers are kept, if they were seen", () => {
		const again = beginPause(7, pause({ token: "token-2" }), 2_000_000, once.pause);

		expect(applied(once, again).pause).toStrictEqual(pause({ token: "token-2", answers: [ana] }));
		expect(satisfies(once, again.condition)).toBe(true);
		expect(satisfies(once, beginPause(7, pause({ token: "token-2" }), 2_000_000, pause()).condition)).toBe(false);
	});
});
