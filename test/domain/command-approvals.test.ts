import { describe, expect, it } from "vitest";
import { settleQuestion } from "../../lib/domain/command-decision.ts";
import type { Answer, Pause } from "../../lib/domain/service-state.ts";
import { serviceState } from "./builders.ts";
import { command, decided, nowEpochMs, question, recordAfter, said, sentAtEpochMs } from "./commands.ts";

describe("an approval of several", () => {
	const two = (fields: Partial<Pause> = {}) => question({ reason: "approval", approvalsNeeded: 2, ...fields });
	const ben: Answer = { verb: "approve", by: "AROA:ben", atEpochMs: 1_940_000 };
	const ana: Answer = { verb: "approve", by: "ana", atEpochMs: sentAtEpochMs };

	it("given the first of two, is recorded and said, and the question stays open", () => {
		const state = serviceState({ phase: "trial", pause: two() });

		const decision = decided(state, command("approve"));

		expect(recordAfter(state, decision)).toStrictEqual({ ...state, pause: two({ answers: [ana] }) });
		expect(decision).toMatchObject({ final: null });
		expect(said(decision)).toMatchObject([
			{ kind: "rollout.approved.v1", detail: { by: "ana", approvals: 1, approvalsNeeded: 2 } },
		]);
	});

	it("given the second of two, both are said: the first may not have come to be", () => {
		const state = serviceState({ phase: "trial", pause: two({ answers: [ben] }), pausedSeconds: 5 });

		const decision = decided(state, command("approve"));

		expect(recordAfter(state, decision)).toMatchObject({
			pause: two({ answers: [ben, ana], answeredBy: ana }),
			pausedSeconds: 55,
		});
		expect(decision).toMatchObject({ final: { token: "token-1", answer: ana } });
		expect(said(decision)).toMatchObject([
			{ kind: "rollout.approved.v1", detail: { by: "AROA:ben", approvals: 1, approvalsNeeded: 2 } },
			{ kind: "rollout.approved.v1", detail: { by: "ana", approvals: 2, approvalsNeeded: 2 } },
			{ kind: "rollout.resumed.v1", detail: { by: "ana", verb: "approve" } },
		]);
	});

	it("given one person twice, under whichever role, refuses the second approval", () => {
		const state = serviceState({ phase: "trial", pause: two({ answers: [ben] }) });

		expect(decided(state, command("approve", { by: "AROB:ben" }))).toStrictEqual({
			kind: "refuse",
			reason: "AROB:ben has approved this already. It has 1 of 2 approvals, by AROA:ben.",
		});
	});

	it("given one approval delivered twice while another is missing, says it again and writes nothing", () => {
		const state = serviceState({ phase: "trial", pause: two({ answers: [ben, ana], approvalsNeeded: 3 }) });

		const decision = decided(state, command("approve"));

		expect(decision).toMatchObject({ kind: "obey", write: null, final: null });
		expect(said(decision)).toMatchObject([{ detail: { by: "ana", approvals: 2, approvalsNeeded: 3 } }]);
	});

	it("given the last approval delivered twice, sees it through; another one is told who was before", () => {
		const state = serviceState({ phase: "trial", pause: two({ answers: [ben, ana], answeredBy: ana }) });
		const final = { token: "token-1", askedAtEpochMs: 1_900_000, answer: ana };

		expect(decided(state, command("approve"))).toMatchObject({
			kind: "obey",
			write: null,
			final,
			says: [{ detail: { by: "AROA:ben" } }, { detail: { by: "ana" } }, { kind: "rollout.resumed.v1" }],
		});
		expect(decided(state, command("approve", { by: "eve" }))).toStrictEqual({
			kind: "refuse",
			reason: "ana has answered it already (approve)",
			unfinished: final,
		});
	});

	it("given the first of two delivered again once both are there, is not refused: it counted", () => {
		const state = serviceState({ phase: "trial", pause: two({ answers: [ana, ben], answeredBy: ben }) });

		expect(decided(state, command("approve"))).toMatchObject({
			kind: "obey",
			write: null,
			final: { token: "token-1", answer: ben },
			says: [{ detail: { by: "ana" } }, { detail: { by: "AROA:ben" } }, { kind: "rollout.resumed.v1" }],
		});
	});

	it.each([
		["alone", undefined, "refuse"],
		["as one of two", 2, "obey"],
	])("given whoever asked for the release, they approve it %s: %s", (_, approvalsNeeded, kind) => {
		const pause = question({ reason: "approval", ...(approvalsNeeded !== undefined && { approvalsNeeded }) });
		const state = serviceState({ phase: "trial", pause, askedBy: "AROA:ana" });

		const decision = decided(state, command("approve"));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe(
				"ana asked for this release (AROA:ana) and may not approve it alone; allowed is somebody else",
			);
	});

	it("given an answer that is no approval, says only that the rollout goes on", () => {
		const resumed: Answer = { verb: "resume", by: "ana", atEpochMs: sentAtEpochMs };
		const state = serviceState({ phase: "trial", pause: question({ answers: [resumed], answeredBy: resumed }) });

		expect(said(decided(state, command("resume"))).map(({ kind }) => kind)).toEqual(["rollout.resumed.v1"]);
	});
});

describe("a question that has its answer and still waits", () => {
	const ana: Answer = { verb: "approve", by: "ana", atEpochMs: sentAtEpochMs };
	const asked = (fields: Partial<Pause> = {}) => question({ reason: "approval", ...fields });

	it("given an answer that counts, sees it through and writes nothing", () => {
		const state = serviceState({ phase: "trial", pause: asked({ answers: [ana], answeredBy: ana }) });

		expect(settleQuestion(state, nowEpochMs)).toMatchObject({
			kind: "obey",
			rolloutId: "checkout-7",
			write: null,
			final: { token: "token-1", askedAtEpochMs: 1_900_000, answer: ana },
			says: [{ kind: "rollout.approved.v1" }, { kind: "rollout.resumed.v1" }],
		});
	});

	it.each([
		["no question", serviceState({ phase: "trial" })],
		["a question that nobody has answered", serviceState({ phase: "trial", pause: asked() })],
		["a question of evidence", serviceState({ phase: "trial", pause: question({ answers: [ana] }) })],
		[
			"a rollout that goes back",
			serviceState({ phase: "rolling-back", pause: asked({ answers: [ana], answeredBy: ana }) }),
		],
	])("given %s, has nothing to see through", (_, state) => {
		expect(settleQuestion(state, nowEpochMs)).toBeNull();
	});
});
