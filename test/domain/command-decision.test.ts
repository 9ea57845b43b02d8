import { describe, expect, it } from "vitest";
import type { RolloutCommand } from "../../lib/domain/command.ts";
import { decideCommand } from "../../lib/domain/command-decision.ts";
import { noting } from "../../lib/domain/deed.ts";
import { recordAnswer } from "../../lib/domain/pause.ts";
import { type Pause, phases, type ServiceState } from "../../lib/domain/service-state.ts";
import { release, serviceState } from "./builders.ts";

const pause = (fields: Partial<Pause> = {}): Pause => ({
	reason: "approval",
	explanation: "An approver must agree.",
	token: "token-1",
	sinceEpochMs: 1_900_000,
	approvers: [],
	...fields,
});

interface Fields {
	readonly verb?: RolloutCommand["verb"];
	readonly by?: string;
	readonly sentAtEpochMs?: number;
	readonly askedAtEpochMs?: number | undefined;
	readonly id?: string;
}

/** A command of any verb; not every verb has every field, and those that have not do not look at it. */
const command = (fields: Fields = {}): RolloutCommand =>
	({
		service: "checkout",
		rolloutId: "checkout-7",
		verb: "approve",
		by: "ana",
		id: "event-1",
		sentAtEpochMs: 1_950_000,
		...fields,
	}) as RolloutCommand;

const last = { rolloutId: "checkout-6", release: release("c"), outcome: "promoted", endedAtEpochMs: 1 } as const;

/** When commands arrive. */
const nowEpochMs = 2_000_000;

const about = { service: "checkout", rolloutId: "checkout-7", atEpochMs: nowEpochMs };

const decided = (state: ServiceState, asked: RolloutCommand) => decideCommand(state, asked, nowEpochMs);

describe("decideCommand", () => {
	it("given an approval that is waited for, writes down who answered before the token is answered", () => {
		const state = serviceState({ phase: "preparing", pause: pause(), askedBy: "ci" });
		const answer = { verb: "approve", by: "ana", atEpochMs: 1_950_000 } as const;

		expect(decided(state, command())).toStrictEqual({
			kind: "obey",
			rolloutId: "checkout-7",
			write: noting(state, recordAnswer(7, pause(), answer, true), answer),
			final: { token: "token-1", askedAtEpochMs: 1_900_000, answer },
			says: [
				{
					id: "checkout/checkout-7/rollout.approved.v1/1900000-ana",
					kind: "rollout.approved.v1",
					detail: { ...about, by: "ana", approvals: 1, approvalsNeeded: 1 },
				},
				{
					id: "checkout/checkout-7/rollout.resumed.v1/1900000-ana",
					kind: "rollout.resumed.v1",
					detail: { ...about, by: "ana", verb: "approve" },
				},
			],
		});
	});

	it.each(["undecided", "no-evidence", "environment-unhealthy", "capacity-short", "external-writer"] as const)(
		"given a pause because of %s, resume answers it and approve does not",
		(reason) => {
			const state = serviceState({ phase: "trial", pause: pause({ reason }) });

			expect(decided(state, command({ verb: "resume" })).kind).toBe("obey");
			expect(decided(state, command({ verb: "approve" }))).toStrictEqual({
				kind: "refuse",
				reason: `the rollout is paused (${reason}); allowed are resume, promote and abort`,
			});
		},
	);

	it("given an approval that is waited for, resume does not pass for it", () => {
		const state = serviceState({ phase: "preparing", pause: pause() });

		expect(decided(state, command({ verb: "resume" }))).toStrictEqual({
			kind: "refuse",
			reason: "the rollout is paused (approval); allowed are approve and abort",
		});
	});

	it.each([
		["ana", "obey"],
		["ben", "obey"],
		["AROAEXAMPLE:ana", "obey"],
		["AROAEXAMPLE:eve", "refuse"],
	])("given that ana and ben may approve, %s gets: %s", (by, kind) => {
		const state = serviceState({ phase: "preparing", pause: pause({ approvers: ["ana", "ben"] }) });

		const decision = decided(state, command({ by }));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("AROAEXAMPLE:eve may not approve this; allowed are ana, ben");
	});

	it("given fifty approvers with long names, refuses in a sentence that events can carry", () => {
		const approvers = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(256, "x"));

		const decision = decided(serviceState({ phase: "trial", pause: pause({ approvers }) }), command());

		expect(decision.kind === "refuse" && decision.reason).toMatch(/x4 and 45 more$/);
		expect(JSON.stringify(decision).length).toBeLessThan(2_000);
	});

	it.each([
		["the one that is asked", 1_900_000, "obey"],
		["an earlier one, heard late", 1_800_000, "refuse"],
		["none in particular", undefined, "obey"],
	])("given a command that answers %s, decides so", (_, askedAtEpochMs, kind) => {
		const state = serviceState({ phase: "preparing", pause: pause({ sinceEpochMs: 1_900_000 }) });

		const decision = decided(state, command({ sentAtEpochMs: 1_990_000, askedAtEpochMs }));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("the question that it answers is not asked any more; another one is");
	});

	it.each([
		["the second before the question", 1_899_999, "refuse"],
		["the second of the question", 1_900_000, "obey"],
		["a second after it", 1_901_000, "obey"],
	])("given a command from %s, in the whole seconds that events carry, answers so", (_, sentAtEpochMs, kind) => {
		const state = serviceState({ phase: "preparing", pause: pause({ sinceEpochMs: 1_900_999 }) });

		const decision = decided(state, command({ sentAtEpochMs }));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("the command is older than the question; it was delivered twice, or very late");
	});

	it("given abort from before the question, rolls back all the same", () => {
		const state = serviceState({ phase: "trial", pause: pause() });

		expect(decided(state, command({ verb: "abort", sentAtEpochMs: 0 })).kind).toBe("roll-back");
	});

	it("given nothing that waits, refuses to approve or resume", () => {
		const state = serviceState({ phase: "trial" });

		for (const verb of ["approve", "resume"] as const) {
			expect(decided(state, command({ verb }))).toStrictEqual({
				kind: "refuse",
				reason: "the rollout waits for nobody: it bakes at 25 % and goes on by itself",
			});
		}
	});

	it.each(phases)("given abort while %s, rolls back exactly where a rollback can begin or has begun", (phase) => {
		const state = serviceState({ phase, rolloutId: "checkout-7" });

		const decision = decided(state, command({ verb: "abort", by: "eve" }));

		expect(decision).toStrictEqual(
			phase !== "closing"
				? { kind: "roll-back", rolloutId: "checkout-7" }
				: {
						kind: "refuse",
						reason:
							"the rollout is closing; that can no longer be changed: `sluice release checkout --id aaaaaaaaaaaa` brings aaaaaaaaaaaa back",
					},
		);
	});

	it.each(["trial", "idle"] as const)(
		"given abort that names no rollout while %s, means the one under way",
		(phase) => {
			const { rolloutId: _, ...unnamed } = command({ verb: "abort" });
			const state = phase === "idle" ? serviceState({ phase }) : serviceState({ phase, rolloutId: "checkout-7" });

			expect(decided(state, unnamed as RolloutCommand)).toStrictEqual(
				phase === "idle"
					? {
							kind: "refuse",
							reason: expect.stringContaining("no rollout of this service is under way; none has ended yet"),
						}
					: { kind: "roll-back", rolloutId: "checkout-7" },
			);
		},
	);

	it("given abort of a rollout that is paused, rolls back whoever may approve", () => {
		const state = serviceState({ phase: "trial", pause: pause({ approvers: ["ana"] }) });

		expect(decided(state, command({ verb: "abort", by: "eve" })).kind).toBe("roll-back");
	});

	it.each([
		["another rollout", serviceState({ phase: "trial", rolloutId: "checkout-9", pause: pause() }), "checkout-9 is"],
		[
			"no rollout",
			serviceState({ phase: "idle", last }),
			"none is, the last one, checkout-6, ended promoted: `sluice release checkout --id ID` rolls out a release by its name, and `sluice history checkout` lists them",
		],
	])("given that %s is under way, refuses even to abort", (_, state, present) => {
		for (const verb of ["approve", "resume", "abort"] as const) {
			expect(decided(state, command({ verb }))).toStrictEqual({
				kind: "refuse",
				reason: `rollout checkout-7 is not under way; ${present}`,
			});
		}
	});
});
