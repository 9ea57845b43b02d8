import { describe, expect, it } from "vitest";
import type { RolloutCommand } from "../../lib/domain/command.ts";
import { beginPause, decideCommand, endPause } from "../../lib/domain/pause.ts";
import { type Pause, type Phase, phases, revertiblePhases } from "../../lib/domain/service-state.ts";
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

interface Fields {
	readonly verb?: RolloutCommand["verb"];
	readonly by?: string;
	readonly sentAtEpochMs?: number;
	readonly askedAtEpochMs?: number | undefined;
}

/** A command of any verb; not every verb has every field, and those that have not do not look at it. */
const command = (fields: Fields = {}): RolloutCommand =>
	({
		service: "checkout",
		rolloutId: "checkout-7",
		verb: "approve",
		by: "ana",
		sentAtEpochMs: 1_950_000,
		...fields,
	}) as RolloutCommand;

describe("beginPause and endPause", () => {
	it("given a rollout that goes on, a pause is added and taken away, and of it only stays when it was asked", () => {
		const state = serviceState({ phase: "trial" });

		const paused = applied(state, beginPause(7, pause()));

		expect(paused).toStrictEqual({ ...state, pause: pause(), askedAtEpochMs: 1_900_000 });
		expect(applied(paused, endPause(7, "token-1"))).toStrictEqual({ ...state, askedAtEpochMs: 1_900_000 });
	});

	it.each([
		["begins", beginPause(7, pause())],
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

describe("a question that comes late", () => {
	const asked = applied(serviceState({ phase: "trial" }), beginPause(7, pause({ sinceEpochMs: 2_000 })));
	const answered = applied(asked, endPause(7, "token-1"));

	it.each([
		["while a newer question waits", asked],
		["after a newer question was answered", answered],
	])("given one %s, takes its place only where it was asked no earlier: a write may be sent twice", (_, state) => {
		const possible = [1_999, 2_000, 2_001].filter((sinceEpochMs) =>
			satisfies(state, beginPause(7, pause({ sinceEpochMs })).condition),
		);

		expect(possible).toStrictEqual([2_000, 2_001]);
	});
});

describe("decideCommand", () => {
	it("given an approval that is waited for, answers its token", () => {
		const state = serviceState({ phase: "preparing", pause: pause() });

		expect(decideCommand(state, command())).toStrictEqual({
			kind: "answer",
			rolloutId: "checkout-7",
			question: { token: "token-1", askedAtEpochMs: 1_900_000 },
		});
	});

	it.each(["undecided", "no-evidence", "environment-unhealthy", "capacity-short", "external-writer"] as const)(
		"given a pause because of %s, resume answers it and approve does not",
		(reason) => {
			const state = serviceState({ phase: "trial", pause: pause({ reason }) });

			expect(decideCommand(state, command({ verb: "resume" })).kind).toBe("answer");
			expect(decideCommand(state, command({ verb: "approve" }))).toStrictEqual({
				kind: "refuse",
				reason: `the rollout is paused (${reason}); allowed are resume and abort`,
			});
		},
	);

	it("given an approval that is waited for, resume does not pass for it", () => {
		const state = serviceState({ phase: "preparing", pause: pause() });

		expect(decideCommand(state, command({ verb: "resume" }))).toStrictEqual({
			kind: "refuse",
			reason: "the rollout is paused (approval); allowed are approve and abort",
		});
	});

	it.each([
		["ana", "answer"],
		["ben", "answer"],
		["AROAEXAMPLE:ana", "answer"],
		["AROAEXAMPLE:eve", "refuse"],
	])("given that ana and ben may approve, %s gets: %s", (by, kind) => {
		const state = serviceState({ phase: "preparing", pause: pause({ approvers: ["ana", "ben"] }) });

		const decision = decideCommand(state, command({ by }));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("AROAEXAMPLE:eve may not approve this; allowed are ana, ben");
	});

	it("given fifty approvers with long names, refuses in a sentence that events can carry", () => {
		const approvers = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(256, "x"));

		const decision = decideCommand(serviceState({ phase: "trial", pause: pause({ approvers }) }), command());

		expect(decision.kind === "refuse" && decision.reason).toMatch(/x4 and 45 more$/);
		expect(JSON.stringify(decision).length).toBeLessThan(2_000);
	});

	it.each([
		["the one that is asked", 1_900_000, "answer"],
		["an earlier one, heard late", 1_800_000, "refuse"],
		["none in particular", undefined, "answer"],
	])("given a command that answers %s, decides so", (_, askedAtEpochMs, kind) => {
		const state = serviceState({ phase: "preparing", pause: pause({ sinceEpochMs: 1_900_000 }) });

		const decision = decideCommand(state, command({ sentAtEpochMs: 1_990_000, askedAtEpochMs }));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("the question that it answers is not asked any more; another one is");
	});

	it.each([
		["the second before the question", 1_899_999, "refuse"],
		["the second of the question", 1_900_000, "answer"],
		["a second after it", 1_901_000, "answer"],
	])("given a command from %s, in the whole seconds that events carry, answers so", (_, sentAtEpochMs, kind) => {
		const state = serviceState({ phase: "preparing", pause: pause({ sinceEpochMs: 1_900_999 }) });

		const decision = decideCommand(state, command({ sentAtEpochMs }));

		expect(decision.kind).toBe(kind);
		if (decision.kind === "refuse")
			expect(decision.reason).toBe("the command is older than the question; it was delivered twice, or very late");
	});

	it("given abort from before the question, rolls back all the same", () => {
		const state = serviceState({ phase: "trial", pause: pause() });

		expect(decideCommand(state, command({ verb: "abort", sentAtEpochMs: 0 })).kind).toBe("roll-back");
	});

	it("given nothing that waits, refuses to approve or resume", () => {
		const state = serviceState({ phase: "trial" });

		for (const verb of ["approve", "resume"] as const) {
			expect(decideCommand(state, command({ verb }))).toStrictEqual({
				kind: "refuse",
				reason: "the rollout waits for nobody",
			});
		}
	});

	it.each(phases)("given abort while %s, rolls back exactly where a rollback can begin", (phase) => {
		const state = serviceState({ phase, rolloutId: "checkout-7" });

		const decision = decideCommand(state, command({ verb: "abort", by: "eve" }));

		expect(decision).toStrictEqual(
			revertiblePhases.includes(phase)
				? { kind: "roll-back", rolloutId: "checkout-7" }
				: { kind: "refuse", reason: `the rollout is ${phase}; that can no longer be changed` },
		);
	});

	it.each(["trial", "idle"] as const)(
		"given abort that names no rollout while %s, means the one under way",
		(phase) => {
			const { rolloutId: _, ...unnamed } = command({ verb: "abort" });
			const state = phase === "idle" ? serviceState({ phase }) : serviceState({ phase, rolloutId: "checkout-7" });

			expect(decideCommand(state, unnamed as RolloutCommand)).toStrictEqual(
				phase === "idle"
					? { kind: "refuse", reason: "no rollout of this service is under way" }
					: { kind: "roll-back", rolloutId: "checkout-7" },
			);
		},
	);

	it("given abort of a rollout that is paused, rolls back whoever may approve", () => {
		const state = serviceState({ phase: "trial", pause: pause({ approvers: ["ana"] }) });

		expect(decideCommand(state, command({ verb: "abort", by: "eve" })).kind).toBe("roll-back");
	});

	it.each([
		["another rollout", serviceState({ phase: "trial", rolloutId: "checkout-9", pause: pause() }), "checkout-9 is"],
		["no rollout", serviceState({ phase: "idle" }), "none is"],
	])("given that %s is under way, refuses even to abort", (_, state, present) => {
		for (const verb of ["approve", "resume", "abort"] as const) {
			expect(decideCommand(state, command({ verb }))).toStrictEqual({
				kind: "refuse",
				reason: `rollout checkout-7 is not under way; ${present}`,
			});
		}
	});
});
