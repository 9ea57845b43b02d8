import { describe, expect, it } from "vitest";
import {
	beginRollback,
	continueRollback,
	isZeroConfirmed,
	recordRollback,
	takeOverRollback,
} from "../../lib/domain/rollback.ts";
import { phases, type RollbackRecord, revertiblePhases } from "../../lib/domain/service-state.ts";
import { weightsFor } from "../../lib/domain/slot.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { serviceState } from "./builders.ts";

const cause = { kind: "alarm", explanation: "Alarm p95 turned red.", triggeredAtEpochMs: 2_100_000 } as const;
const begin = beginRollback("checkout-7", cause, "execution-a", 2_101_000);
const rollingBack = serviceState({ phase: "rolling-back" });
const record: RollbackRecord = {
	...cause,
	executionArn: "execution-a",
	beganAtEpochMs: 2_101_000,
};

describe("beginRollback", () => {
	it("given a rollout, takes the right to write with a new epoch, says why, and keeps roles and weight", () => {
		const state = serviceState({
			phase: "trial",
			pause: { reason: "undecided", explanation: "", token: "t", sinceEpochMs: 1, approvers: [] },
		});
		const { pause: _, ...rest } = state;

		expect(applied(state, begin)).toStrictEqual({ ...rest, phase: "rolling-back", epoch: 8, rollback: record });
	});

	it("given a cause that carries more than it should, records only what a rollback is about", () => {
		const { set } = beginRollback("checkout-7", { ...cause, extra: 1 } as typeof cause, "execution-a", 2_101_000);

		expect(set.rollback).toStrictEqual(record);
	});

	it("given every phase with the rollout on record, is possible where it is under way, and where somebody set it idle", () => {
		const possible = phases.filter((phase) =>
			satisfies(serviceState({ phase, epoch: 7, rolloutId: "checkout-7" }), begin.condition),
		);

		expect(possible).toStrictEqual(["idle", ...revertiblePhases]);
	});

	it.each([6, 8, 99])("given epoch %i on record by somebody's hand, still rolls the rollout back", (epoch) => {
		const edited = serviceState({ phase: "trial", epoch });

		expect(satisfies(edited, begin.condition)).toBe(true);
		expect(applied(edited, begin)).toMatchObject({ phase: "rolling-back", rolloutId: "checkout-7", rollback: record });
	});

	it.each([
		["another rollout", serviceState({ phase: "trial", rolloutId: "checkout-9" })],
		["a service that is idle by right, and names no rollout", serviceState()],
		["a rollback of it that is under way", rollingBack],
		["a closing of it, which is past the point of no return", serviceState({ phase: "closing" })],
	])("given %s, is refused", (_, state) => {
		expect(satisfies(state, begin.condition)).toBe(false);
	});
});

describe("continueRollback", () => {
	it.each([
		["execution-a", "own"],
		["execution-b", "join"],
	])("given a rollback that execution-a owns, %s is told to %s it", (executionArn, kind) => {
		expect(continueRollback(rollingBack, "checkout-7", executionArn)).toStrictEqual({
			kind,
			rollback: rollingBack.rollback,
		});
	});

	it("given another rollout by now, says that this one has ended", () => {
		const state = serviceState({ phase: "closing", rolloutId: "checkout-9" });

		expect(continueRollback(state, "checkout-7", "execution-a")).toStrictEqual({
			kind: "over",
			reason: "rollout checkout-7 has ended",
		});
	});

	it("given an idle service, says that the rollout has ended", () => {
		expect(continueRollback(serviceState(), "checkout-7", "execution-a").kind).toBe("over");
	});

	it("given a closing, pages: it is past the point of no return", () => {
		expect(continueRollback(serviceState({ phase: "closing" }), "checkout-7", "execution-a")).toStrictEqual({
			kind: "page",
			reason: "rollout checkout-7 is closing: undo is a new rollout now",
		});
	});

	it.each(revertiblePhases)("given that the rollout is %s, where begin should have worked, does nothing", (phase) => {
		expect(continueRollback(serviceState({ phase }), "checkout-7", "execution-a")).toStrictEqual({
			kind: "over",
			reason: `rollout checkout-7 is ${phase}`,
		});
	});

	it("given the record of a rollback in another phase, does not take the rollback for one under way", () => {
		const state = serviceState({ phase: "trial", rollback: record });

		expect(continueRollback(state, "checkout-7", "execution-a").kind).toBe("over");
	});

	it("given a rollback without a record, has nothing to go on with", () => {
		const { rollback: _, ...state } = rollingBack;

		expect(continueRollback(state, "checkout-7", "execution-a").kind).toBe("over");
	});
});

describe("takeOverRollback", () => {
	it("given a rollback whose owner died, changes the owner and nothing else", () => {
		const state = serviceState({ phase: "rolling-back", rollback: { ...record, zeroConfirmedAtEpochMs: 5 } });

		const after = applied(state, takeOverRollback(state, { ...record, zeroConfirmedAtEpochMs: 5 }, "execution-b"));

		expect(after).toStrictEqual({
			...state,
			rollback: { ...record, zeroConfirmedAtEpochMs: 5, executionArn: "execution-b" },
		});
	});

	it("given every phase, is possible while rolling back only, and at its epoch only", () => {
		const { condition } = takeOverRollback(rollingBack, record, "execution-b");

		expect(phases.filter((phase) => satisfies(serviceState({ phase, epoch: 8 }), condition))).toStrictEqual([
			"rolling-back",
		]);
		expect(satisfies(serviceState({ phase: "rolling-back", epoch: 10 }), condition)).toBe(false);
	});
});

describe("recordRollback", () => {
	it("given what was measured, adds it to the record and keeps what was there", () => {
		const state = serviceState({ phase: "rolling-back", rollback: { ...record, zeroConfirmedAtEpochMs: 5 } });

		const transition = recordRollback(state, { zeroObservedAtEpochMs: 9 });

		expect(transition).toStrictEqual({
			condition: { epoch: 8, phaseIn: ["rolling-back"] },
			set: { rollback: { ...record, zeroConfirmedAtEpochMs: 5, zeroObservedAtEpochMs: 9 } },
		});
	});

	it("given no rollback, records nothing", () => {
		expect(recordRollback(serviceState({ phase: "trial" }), { zeroConfirmedAtEpochMs: 5 })).toBeNull();
	});
});

describe("isZeroConfirmed", () => {
	it.each([
		["no trial rule and all on stable", { base: weightsFor("green", 0), trial: null }, true],
		["a trial rule, whatever its weights", { base: weightsFor("green", 0), trial: {} }, false],
		["a base rule that shares with the canary", { base: weightsFor("green", 1), trial: null }, false],
		["all on the other slot", { base: weightsFor("blue", 0), trial: null }, false],
		["no base rule", { base: null, trial: null }, false],
		["what nobody has looked at yet", { base: weightsFor("green", 0), trial: null, isPending: true } as const, false],
	])("given %s, answers so", (_, reading, isConfirmed) => {
		expect(isZeroConfirmed(reading, "green")).toBe(isConfirmed);
	});
});
