import { describe, expect, it } from "vitest";
import { decideCommand } from "../../lib/domain/command-decision.ts";
import type { Answer } from "../../lib/domain/service-state.ts";
import { satisfies } from "../../lib/domain/transition.ts";
import { serviceState } from "./builders.ts";
import { about, command, decided, nowEpochMs, question, recordAfter, said, sentAtEpochMs, wish } from "./commands.ts";

describe("a pause or a promotion that is asked for", () => {
	it.each([
		["pause", "trial", "It pauses at the next look, with traffic as it is; harm still goes back."],
		[
			"promote",
			"trial",
			"The remaining steps are taken in one go, unless the canary does harm; approvals are still asked for.",
		],
		["promote", "window", "The window ends at the next look, unless the canary does harm."],
	] as const)("given %s in %s, records the wish and says what follows", (verb, phase, explanation) => {
		const state = serviceState({ phase });
		const kind = verb === "pause" ? "rollout.pause-asked.v1" : "rollout.promotion-asked.v1";

		const decision = decided(state, command(verb));

		expect(recordAfter(state, decision)).toStrictEqual({ ...state, wish: wish({ verb, phase }) });
		expect(decision).toMatchObject({ kind: "obey", rolloutId: "checkout-7", final: null });
		expect(said(decision)).toStrictEqual([
			{ id: `checkout/checkout-7/${kind}/event-1`, kind, detail: { ...about, explanation } },
		]);
	});

	it.each(["pause", "promote"] as const)("given %s a second time, writes nothing and says it once more", (verb) => {
		const first = decided(serviceState({ phase: "trial" }), command(verb));
		const state = serviceState({ phase: "trial", wish: wish({ verb }) });

		// Late is no objection then: it came in time the first time.
		const second = decided(state, command(verb, { sentAtEpochMs: 1_000_000 }));

		expect(second).toStrictEqual({
			kind: "obey",
			rolloutId: "checkout-7",
			write: null,
			final: null,
			says: said(first),
		});
	});

	it("given a pause a second time that somebody has resumed since, refuses", () => {
		const state = serviceState({ phase: "trial", wish: wish({ isOver: true }) });

		expect(decided(state, command("pause"))).toStrictEqual({
			kind: "refuse",
			reason: "it was paused for this command before, and resumed since",
		});
	});

	it.each([
		[300_000, "obey"],
		[300_001, "refuse"],
	])("given one that is %s ms old, decides: %s", (ageMs, kind) => {
		const decision = decided(serviceState({ phase: "trial" }), command("pause", { sentAtEpochMs: nowEpochMs - ageMs }));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse") expect(decision.reason).toBe("the command is 300 s old; 300 s are allowed");
	});

	it.each([
		["older than the wish on record", wish({ id: "event-0", atEpochMs: sentAtEpochMs + 1 }), "refuse"],
		["as old as the wish on record", wish({ id: "event-0" }), "obey"],
		["older than a wish that is over", wish({ id: "event-0", atEpochMs: sentAtEpochMs + 1, isOver: true }), "obey"],
	])("given a promotion %s, decides so", (_, present, kind) => {
		const decision = decided(serviceState({ phase: "trial", wish: present }), command("promote"));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("the command is older than what ana has asked for since (pause)");
	});

	it.each([
		["a question is open", { pause: question() }, "the rollout is paused already (undecided)"],
		[
			"somebody has asked for a pause",
			{ wish: wish({ id: "event-0", by: "ben" }) },
			"ben has asked for a pause already; it comes at the next look",
		],
	])("given a pause while %s, refuses", (_, fields, reason) => {
		const decision = decided(serviceState({ phase: "trial", ...fields }), command("pause"));

		expect(decision).toStrictEqual({ kind: "refuse", reason });
	});

	it("given a promotion that somebody has asked for, refuses a second one", () => {
		const state = serviceState({ phase: "trial", wish: wish({ id: "event-0", by: "ben", verb: "promote" }) });

		expect(decided(state, command("promote"))).toStrictEqual({
			kind: "refuse",
			reason: "ben has asked for it already",
		});
	});
});

describe("a promotion while somebody is asked", () => {
	const answer: Answer = { verb: "promote", by: "ana", atEpochMs: sentAtEpochMs };

	it.each([undefined, wish({ id: "event-0", by: "ben", verb: "promote" })])(
		"given a question of evidence and the wish %j, answers it and records both at once",
		(earlier) => {
			const state = serviceState({
				phase: "trial",
				pause: question(),
				pausedSeconds: 10,
				...(earlier && { wish: earlier }),
			});

			const decision = decided(state, command("promote"));

			expect(recordAfter(state, decision)).toStrictEqual({
				...state,
				wish: wish({ verb: "promote" }),
				pause: question({ answers: [answer], answeredBy: answer }),
				answeredAtEpochMs: 1_900_000,
				bakesSinceEpochMs: 1_950_000,
				pausedSeconds: 60,
			});
			expect(decision).toMatchObject({ final: { token: "token-1", askedAtEpochMs: 1_900_000, answer } });
			expect(said(decision).map(({ id }) => id)).toStrictEqual([
				"checkout/checkout-7/rollout.promotion-asked.v1/event-1",
				"checkout/checkout-7/rollout.resumed.v1/1900000-ana",
			]);
			if (decision.kind !== "obey" || decision.write === null) return;
			const { condition } = decision.write;
			const meanwhile = [
				{ ...state, wish: wish({ id: "event-9" }) },
				{ ...state, pause: question({ token: "token-2" }) },
				{ ...state, pause: question({ answers: [{ ...answer, by: "eve" }] }) },
			];
			expect(meanwhile.map((changed) => satisfies(changed, condition))).toEqual([false, false, false]);
		},
	);

	it("given an approval, goes on waiting for the approver", () => {
		const state = serviceState({ phase: "trial", pause: question({ reason: "approval" }) });

		const decision = decided(state, command("promote"));

		expect(recordAfter(state, decision)).toStrictEqual({ ...state, wish: wish({ verb: "promote" }) });
		expect(decision).toMatchObject({ final: null });
	});

	it.each([
		["this very command", answer, true],
		["another person", { ...answer, by: "ben" }, false],
		["an earlier command of the same person", { ...answer, atEpochMs: 1_940_000 }, false],
		["the same person in another way", { ...answer, verb: "resume" }, false],
	] as const)("given a second delivery and a question answered by %s, sees its own answer through", (_, by, isOwn) => {
		const state = serviceState({
			phase: "trial",
			wish: wish({ verb: "promote" }),
			pause: question({ answers: [by], answeredBy: by }),
		});

		expect(decided(state, command("promote"))).toMatchObject({
			kind: "obey",
			write: null,
			final: isOwn ? { token: "token-1", askedAtEpochMs: 1_900_000, answer } : null,
		});
	});
});

describe("a pause that is taken back", () => {
	it("given a question that a pause has led to, resume answers it and ends the wish, or it would come again", () => {
		const state = serviceState({ phase: "trial", pause: question({ reason: "person" }), wish: wish() });

		const resumed = recordAfter(state, decided(state, command("resume", { id: "event-2" })));

		expect(resumed.wish).toStrictEqual(wish({ isOver: true }));
		expect(resumed.pause?.answeredBy).toStrictEqual({ verb: "resume", by: "ana", atEpochMs: sentAtEpochMs });
	});

	it("given a promotion beside a question, resume answers the question and leaves the wish", () => {
		const promotion = wish({ verb: "promote" });
		const state = serviceState({ phase: "trial", pause: question(), wish: promotion });

		expect(recordAfter(state, decided(state, command("resume", { id: "event-2" }))).wish).toStrictEqual(promotion);
	});

	it("given a pause that has not come yet, resume takes it back, unless it becomes a question meanwhile", () => {
		const state = serviceState({ phase: "trial", wish: wish() });

		const decision = decided(state, command("resume", { id: "event-2" }));

		expect(recordAfter(state, decision)).toStrictEqual({ ...state, wish: wish({ isOver: true }) });
		expect(said(decision)).toStrictEqual([
			{
				id: "checkout/checkout-7/rollout.resumed.v1/event-1",
				kind: "rollout.resumed.v1",
				detail: { ...about, verb: "resume" },
			},
		]);
		expect(decision).toMatchObject({ final: null });
		if (decision.kind === "obey" && decision.write !== null)
			expect(satisfies({ ...state, pause: question() }, decision.write.condition)).toBe(false);
	});

	it.each([
		[
			"an approval",
			"approve",
			{},
			{},
			"the rollout waits for nobody: it bakes at 25 % and pauses at its next look, as ana asked; `sluice resume checkout` takes that back",
		],
		[
			"an older command",
			"resume",
			{ sentAtEpochMs: sentAtEpochMs - 1 },
			{},
			"the command is older than the pause that was asked for",
		],
		[
			"the answer to an earlier question",
			"resume",
			{ askedAtEpochMs: 1_800_000 },
			{ answeredAtEpochMs: 1_800_000 },
			"the question was answered before; it is not asked any more",
		],
	] as const)("given %s, does not take it back", (_, verb, fields, record, reason) => {
		const state = serviceState({ phase: "trial", wish: wish(), ...record });

		expect(decided(state, command(verb, { id: "event-2", ...fields }))).toStrictEqual({ kind: "refuse", reason });
	});

	it.each([
		["another question was answered", { askedAtEpochMs: 1_850_000 }, { answeredAtEpochMs: 1_800_000 }],
		["it names no question and one was answered", {}, { answeredAtEpochMs: 1_800_000 }],
		["no question was ever answered", { askedAtEpochMs: 1_850_000 }, {}],
	])("given that %s, resume takes back the pause all the same", (_, fields, record) => {
		const state = serviceState({ phase: "trial", wish: wish(), ...record });

		expect(decided(state, command("resume", { id: "event-2", ...fields })).kind).toBe("obey");
	});
});

describe("a pause that names no rollout", () => {
	it.each([
		[1_000_000, "obey"],
		[999_999, "refuse"],
	])("given one sent at %s, in whole seconds, where the rollout began at 1000999: %s", (sent, kind) => {
		const state = serviceState({ phase: "trial", startedAtEpochMs: 1_000_999 });

		const decision = decideCommand(state, command("pause", { rolloutId: undefined, sentAtEpochMs: sent }), 1_100_000);

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("the command is older than checkout-7, and names no rollout; it came very late");
	});
});
