import { describe, expect, it } from "vitest";
import { recordOf } from "../../lib/domain/rollout-record.ts";
import { phases, type RollbackRecord } from "../../lib/domain/service-state.ts";
import { release, serviceState } from "./builders.ts";

const rollback: RollbackRecord = {
	kind: "alarm",
	explanation: "Checkout errors is red",
	triggeredAtEpochMs: 5_000,
	executionArn: "rollback-a",
	beganAtEpochMs: 5_100,
	zeroConfirmedAtEpochMs: 6_000,
	touched: { requests: 100, errors: 9, slow: 0 },
};

const underWay = {
	rolloutId: "checkout-7",
	release: release("b"),
	startedAtEpochMs: 1_000,
	weightPercent: 25,
} as const;

describe("recordOf", () => {
	it("given a rollback, remembers why, how far it had come and who was touched", () => {
		const state = serviceState({
			...underWay,
			phase: "rolling-back",
			stableRelease: release("a"),
			pushedAtEpochMs: 500,
			exposedAtEpochMs: 2_000,
			shifts: [{ weightPercent: 25, atEpochMs: 2_000 }],
			pausedSeconds: 3,
			rollback,
		});

		expect(recordOf(state, "rolled-back", 9_000)).toStrictEqual({
			rolloutId: "checkout-7",
			release: release("b"),
			replaces: release("a"),
			outcome: "rolled-back",
			cause: "alarm",
			explanation: "Checkout errors is red",
			pushedAtEpochMs: 500,
			startedAtEpochMs: 1_000,
			exposedAtEpochMs: 2_000,
			triggeredAtEpochMs: 5_000,
			zeroConfirmedAtEpochMs: 6_000,
			endedAtEpochMs: 9_000,
			highestWeightPercent: 25,
			shifts: [{ weightPercent: 25, atEpochMs: 2_000 }],
			pausedSeconds: 3,
			touched: { requests: 100, errors: 9, slow: 0 },
		});
	});

	it("given people who had their hands in it, remembers what each did, and the abort with them", () => {
		const deeds = [
			{ verb: "retry", by: "eve", atEpochMs: 900, override: true },
			{ verb: "approve", by: "ana", atEpochMs: 1_500 },
		] as const;
		const aborted: RollbackRecord = { ...rollback, kind: "person", by: "ben" };
		const state = serviceState({ ...underWay, phase: "rolling-back", deeds, rollback: aborted });

		expect(recordOf(state, "rolled-back", 9_000)?.deeds).toEqual([
			...deeds,
			{ verb: "abort", by: "ben", atEpochMs: 5_000 },
		]);
		expect(recordOf({ ...state, deeds: [], rollback }, "rolled-back", 9_000)?.deeds).toBeUndefined();
	});

	it("given a promotion, remembers what was replaced although it serves no more", () => {
		const state = serviceState({
			...underWay,
			phase: "closing",
			weightPercent: 100,
			stableRelease: release("b"),
			replaced: release("a"),
			promotedAtEpochMs: 4_000,
		});

		expect(recordOf(state, "promoted", 9_000)).toStrictEqual({
			rolloutId: "checkout-7",
			release: release("b"),
			replaces: release("a"),
			outcome: "promoted",
			startedAtEpochMs: 1_000,
			exposedAtEpochMs: 2_000_000,
			promotedAtEpochMs: 4_000,
			endedAtEpochMs: 9_000,
			highestWeightPercent: 100,
		});
	});

	it.each(phases)("given the phase %s, makes a record of the outcome that ends there and of no other", (phase) => {
		const state = serviceState({ ...underWay, phase });

		expect(recordOf(state, "promoted", 9_000) !== null).toBe(phase === "closing");
		expect(recordOf(state, "rolled-back", 9_000) !== null).toBe(phase === "rolling-back");
	});

	it.each(["rolloutId", "release"] as const)("given a state without %s, makes none", (missing) => {
		const { [missing]: _, ...state } = serviceState({ ...underWay, phase: "rolling-back" });

		expect(recordOf(state, "rolled-back", 9_000)).toBeNull();
	});

	it("given a state that lost its beginning, takes the end for it", () => {
		const { startedAtEpochMs: _, ...state } = serviceState({ ...underWay, phase: "rolling-back" });

		expect(recordOf(state, "rolled-back", 9_000)).toMatchObject({ startedAtEpochMs: 9_000 });
	});

	it("given an explanation of any length, keeps a thousand characters", () => {
		const long = { ...rollback, explanation: "x".repeat(2_000) };
		const state = serviceState({ ...underWay, phase: "rolling-back", rollback: long });

		expect(recordOf(state, "rolled-back", 9_000)?.explanation).toBe("x".repeat(1_000));
	});
});
