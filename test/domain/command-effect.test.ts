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
const next: ServiceState = serviceState({ phase: "preparing", epoch: 9, rolloutId: "checkout-9" });

const refusal = { verb: "abort", by: "ana", reason: "the rollout is closing", atEpochMs: 5_000 };

const answer = { verb: "approve", by: "ana", atEpochMs: 2 } as const;

const wish = (verb: Wish["verb"]): Wish => ({ id: "event-1", verb, by: "ana", atEpochMs: 2, phase: "trial" });

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

describe("noteRefusal", () => {
	it("given a reason of any length, keeps a thousand characters and nothing else changes", () => {
		const after = applied(trial, noteRefusal({ ...refusal, reason: "x".repeat(2_000) }));

		expect(after).toEqual({ ...trial, refused: { ...refusal, reason: "x".repeat(1_000) } });
	});
});
