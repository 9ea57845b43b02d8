import { describe, expect, it } from "vitest";
import { commandVerbs } from "../../lib/domain/command.ts";
import { effectOf, noteRefusal } from "../../lib/domain/command-effect.ts";
import type { Pause, ServiceState, Wish } from "../../lib/domain/service-state.ts";
import { applied } from "../../lib/domain/transition.ts";
import { release, serviceState } from "./builders.ts";

const pause: Pause = { reason: "approval", explanation: "x", token: "t", sinceEpochMs: 1, approvers: [] };
const asking = serviceState({ phase: "trial", pause });
const trial = serviceState({ phase: "trial" });
const answered = serviceState({ phase: "trial", answeredAtEpochMs: pause.sinceEpochMs });
const idle = serviceState();
const next: ServiceState = serviceState({
	phase: "preparing",
	epoch: 9,
	rolloutId: "checkout-9",
	lastWantedAtEpochMs: 9,
});

const refusal = { verb: "abort", by: "ana", reason: "the rollout is closing", atEpochMs: 5_000 };

const answer = { verb: "approve", by: "ana", atEpochMs: 2 } as const;

const wish = (verb: Wish["verb"]): Wish => ({ id: "event-1", verb, by: "ana", atEpochMs: 2, phase: "trial" });

const wishing = serviceState({ phase: "trial", wish: wish("pause") });
const held = { release: release("c"), gate: "freeze", reason: "a freeze", sinceEpochMs: 1 };
const wanted = { release: release("d"), by: "ben", atEpochMs: 3 };

describe("effectOf", () => {
	it.each(commandVerbs)("given %s and a record as it was before, does not know yet", (verb) => {
		for (const state of [asking, trial, idle]) expect(effectOf({ verb, by: "ana" }, state, state).kind).toBe("pending");
	});

	it.each([
		["approve", asking, answered, "The question is answered"],
		["resume", asking, { ...answered, pause: { ...pause, token: "u", sinceEpochMs: 2 } }, "The question is answered"],
		["promote", asking, answered, "The question is answered"],
		["promote", trial, serviceState({ phase: "window" }), "it is window"],
		["pause", trial, asking, "waits for a person"],
		["pause", trial, serviceState({ phase: "trial", wish: wish("pause") }), "pauses at its next look"],
		["promote", trial, serviceState({ phase: "trial", wish: wish("promote") }), "goes on at its next look"],
		["approve", asking, { ...answered, pause: { ...pause, answeredBy: answer } }, "The question is answered"],
		[
			"approve",
			asking,
			serviceState({ phase: "trial", pause: { ...pause, approvalsNeeded: 2, answers: [answer] } }),
			"It has 1 of 2 approvals, by ana.",
		],
		[
			"retry",
			idle,
			serviceState({ wanted: { release: release("c"), by: "ana", atEpochMs: 9 } }),
			"cccccccccccc begins as soon as",
		],
		["abort", trial, serviceState({ phase: "rolling-back" }), "Everybody goes back"],
		["abort", trial, idle, "The rollout has ended"],
		["retry", idle, next, "Rollout checkout-9 has begun"],
		["release", trial, next, "Rollout checkout-9 has begun"],
	] as const)("given %s, recognises what came of it", (verb, before, now, sentence) => {
		expect(effectOf({ verb, by: "ana" }, before, now)).toEqual({
			kind: "done",
			sentence: expect.stringContaining(sentence),
		});
	});

	it.each(["approve", "resume", "promote"] as const)(
		"given %s and a rollback that began meanwhile, says so",
		(verb) => {
			const back = serviceState({ phase: "rolling-back" });

			for (const before of [asking, { ...asking, pause: { ...pause, reason: "undecided" } as const }])
				expect(effectOf({ verb, by: "ana" }, before, back)).toEqual({
					kind: "refused",
					reason: expect.stringContaining("everybody goes back"),
				});
			expect(effectOf({ verb, by: "ana" }, asking, next).kind).toBe("refused");
		},
	);

	it("given why everybody goes back, says it; given a rollout that has ended, says which", () => {
		const { rollback: _, ...unsaid } = serviceState({ phase: "rolling-back" });
		const reasonOf = (now: ServiceState) => {
			const effect = effectOf({ verb: "approve", by: "ana" }, asking, now);
			return effect.kind === "refused" && effect.reason;
		};

		expect(reasonOf(serviceState({ phase: "rolling-back" }))).toBe("everybody goes back: canary: 9.00 % errors");
		expect(reasonOf(unsaid)).toBe("everybody goes back: a rollback has begun");
		expect(reasonOf(next)).toBe("rollout checkout-7 has ended");
	});

	it.each([
		["was going back before", serviceState({ phase: "rolling-back" }), serviceState({ phase: "rolling-back" })],
		["began only now", idle, next],
		["began only now and goes back", idle, { ...next, phase: "rolling-back" } as const],
	])("given a rollout that %s, has not overtaken an approval", (_, before, now) => {
		expect(effectOf({ verb: "approve", by: "ana" }, before, now).kind).toBe("pending");
	});

	it.each([
		["resume", asking, serviceState({ phase: "trial", pause: { ...pause, approvalsNeeded: 2, answers: [answer] } })],
		["approve", asking, serviceState({ phase: "trial", pause: { ...pause, answers: [{ ...answer, by: "ben" }] } })],
		["approve", asking, trial],
		["promote", trial, serviceState({ phase: "trial", wish: wish("pause") })],
		["promote", trial, serviceState({ phase: "trial", wish: { ...wish("promote"), by: "ben" } })],
		[
			"promote",
			serviceState({ phase: "trial", wish: wish("promote") }),
			serviceState({ phase: "trial", wish: wish("promote") }),
		],
		["retry", idle, serviceState({ wanted: { release: release("c"), by: "ben", atEpochMs: 9 } })],
		[
			"retry",
			serviceState({ wanted: { release: release("c"), by: "ana", atEpochMs: 9 } }),
			serviceState({ wanted: { release: release("c"), by: "ana", atEpochMs: 9 } }),
		],
		["retry", trial, idle],
		["release", idle, serviceState({ phase: "preparing", epoch: 9, rolloutId: "checkout-9" })],
		["release", trial, serviceState({ phase: "rolling-back" })],
		["release", trial, { ...trial, lastWantedAtEpochMs: 9 }],
		["release", { ...idle, lastWantedAtEpochMs: 9 }, { ...idle, lastWantedAtEpochMs: 9 }],
		["resume", trial, { ...trial, wish: { ...wish("pause"), isOver: true } }],
		["resume", wishing, wishing],
	] as const)("given %s and somebody else's, or an earlier, command, goes on waiting", (verb, before, now) => {
		expect(effectOf({ verb, by: "ana" }, before, now).kind).toBe("pending");
	});

	it("given promote and another rollout in the same phase by now, says that it ended", () => {
		const other = { ...trial, rolloutId: "checkout-8" };

		expect(effectOf({ verb: "promote", by: "ana" }, trial, other).kind).toBe("refused");
	});

	it("given a question that is gone and was not answered, does not take it for answered", () => {
		expect(effectOf({ verb: "approve", by: "ana" }, asking, trial).kind).toBe("pending");
	});

	it("given a refusal that is new, of this verb and by this person, says why", () => {
		const now = applied(trial, noteRefusal(refusal));

		expect(effectOf({ verb: "abort", by: "ana" }, trial, now)).toEqual({
			kind: "refused",
			reason: "the rollout is closing",
		});
	});

	it.each([
		["another verb", "pause", "ana", trial],
		["another person", "abort", "ben", trial],
		["an earlier command", "abort", "ana", serviceState({ phase: "trial", refused: refusal })],
	] as const)("given a refusal of %s, goes on waiting", (_, verb, by, before) => {
		expect(effectOf({ verb, by }, before, applied(trial, noteRefusal(refusal))).kind).toBe("pending");
	});
});

describe("effectOf release", () => {
	const effect = (before: ServiceState, now: ServiceState) => effectOf({ verb: "release", by: "ana" }, before, now);
	const asked = { lastWantedAtEpochMs: 9 };

	it.each<readonly [string, Partial<ServiceState>, string]>([
		["is held", { held }, "cccccccccccc"],
		["another person wants", { wanted, lastWantedAtEpochMs: 3 }, "dddddddddddd"],
		["is wanted and held", { wanted, held: { ...held, release: release("d") } }, "dddddddddddd"],
		["is wanted beside what is held", { wanted, held }, "dddddddddddd, cccccccccccc"],
		["is queued", { next: release("e") }, "eeeeeeeeeeee"],
	])("given what serves is asked for and what %s is gone, says that it is given up", (_, waiting, names) => {
		expect(effect(serviceState(waiting), serviceState(asked))).toEqual({
			kind: "done",
			sentence: `What waited is given up: ${names}; aaaaaaaaaaaa serves everybody.`,
		});
	});

	it("given what waits gone while something else goes back already, does not say who serves", () => {
		const back = serviceState({ phase: "rolling-back", held });

		expect(effect(back, serviceState({ phase: "rolling-back", ...asked }))).toEqual({
			kind: "done",
			sentence: "What waited is given up: cccccccccccc.",
		});
	});

	it("given what is under way on its way back for it, says so, why, and what is given up", () => {
		const { rollback: _, ...unsaid } = serviceState({ phase: "rolling-back", ...asked });

		expect(effect(trial, serviceState({ phase: "rolling-back", ...asked }))).toEqual({
			kind: "done",
			sentence: "Everybody goes back to aaaaaaaaaaaa. canary: 9.00 % errors.",
		});
		expect(effect({ ...trial, held }, unsaid)).toEqual({
			kind: "done",
			sentence: "Everybody goes back to aaaaaaaaaaaa. cccccccccccc is given up.",
		});
	});

	it("given what is queued gone while the rollout does not go back yet, goes on waiting for that", () => {
		const queued = { ...trial, next: release("e") };

		expect(effect(queued, { ...trial, ...asked }).kind).toBe("pending");
	});

	it("given what was under way has ended by now, says what serves", () => {
		expect(effect(trial, serviceState(asked))).toEqual({
			kind: "done",
			sentence: "Rollout checkout-7 has ended; aaaaaaaaaaaa serves everybody.",
		});
	});

	it.each<readonly [string, ServiceState, ServiceState]>([
		["somebody else's wish took the place of what waited", serviceState({ held }), serviceState({ wanted, ...asked })],
		["a gate forgot what it held", serviceState({ held }), idle],
		["what waits still waits", serviceState({ held }), serviceState({ held, ...asked })],
	])("given that %s, goes on waiting", (_, before, now) => {
		expect(effect(before, now).kind).toBe("pending");
	});
});

describe("effectOf resume", () => {
	const over = { ...wishing, wish: { ...wish("pause"), isOver: true } };
	const deed = { verb: "resume", by: "ana", atEpochMs: 3 } as const;

	it.each<readonly [string, ServiceState, string]>([
		["by this person", { ...over, deeds: [deed] }, "is taken back; the rollout goes on."],
		["by somebody else", { ...over, deeds: [{ ...deed, by: "ben" }] }, "was taken back by somebody else"],
		["by somebody else, resumed by this person before that", { ...over, deeds: [{ ...deed, atEpochMs: 1 }] }, "else"],
	])("given a pause to come that was taken back %s, says so", (_, now, sentence) => {
		expect(effectOf({ verb: "resume", by: "ana" }, wishing, now)).toEqual({
			kind: "done",
			sentence: expect.stringContaining(sentence),
		});
	});

	it("given another wish that is over, or the pause as it was, goes on waiting", () => {
		const other = { ...over, wish: { ...over.wish, id: "event-2" } };

		for (const now of [other, wishing])
			expect(effectOf({ verb: "resume", by: "ana" }, wishing, now).kind).toBe("pending");
	});
});

describe("noteRefusal", () => {
	it("given a reason of any length, keeps a thousand characters and nothing else changes", () => {
		const after = applied(trial, noteRefusal({ ...refusal, reason: "x".repeat(2_000) }));

		expect(after).toEqual({ ...trial, refused: { ...refusal, reason: "x".repeat(1_000) } });
	});
});
