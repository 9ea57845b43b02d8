import { describe, expect, it } from "vitest";
import {
	beginClosing,
	changeRoles,
	finish,
	hasChangedRoles,
	mayClose,
	takeOverClosing,
} from "../../lib/domain/closing.ts";
import { phases, type ServiceState } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { release, serviceState, windowEndsAtEpochMs } from "./builders.ts";

describe("beginClosing", () => {
	it("given the window, passes the point of no return with a new epoch and says who drives it", () => {
		const state = serviceState({ phase: "window" });

		expect(applied(state, beginClosing(7, "execution-a"))).toStrictEqual({
			...state,
			phase: "closing",
			epoch: 8,
			closingExecutionArn: "execution-a",
		});
	});

	it.each(phases.filter((phase) => phase !== "window"))("given %s, is refused", (phase) => {
		expect(satisfies(serviceState({ phase, epoch: 7 }), beginClosing(7, "execution-a").condition)).toBe(false);
	});

	it.each([6, 8])("given the window at epoch 7, a writer of epoch %i is refused", (epoch) => {
		expect(satisfies(serviceState({ phase: "window" }), beginClosing(epoch, "execution-a").condition)).toBe(false);
	});
});

describe("takeOverClosing", () => {
	it("given a closing whose execution was lost, names the one that goes on", () => {
		const state = { ...serviceState({ phase: "closing", epoch: 8 }), closingExecutionArn: "execution-a" };

		const transition = takeOverClosing(7, "execution-b");

		expect(satisfies(state, transition.condition)).toBe(true);
		expect(applied(state, transition)).toStrictEqual({ ...state, closingExecutionArn: "execution-b" });
	});

	it.each(phases.filter((phase) => phase !== "closing"))("given %s, is refused", (phase) => {
		expect(satisfies(serviceState({ phase, epoch: 8 }), takeOverClosing(7, "execution-b").condition)).toBe(false);
	});
});

describe("mayClose", () => {
	const open = serviceState({ phase: "window" });
	const { windowEndsAtEpochMs: _, ...endless } = open;

	it.each([
		["a millisecond before its end", open, -1, "close-window", false],
		["at its end", open, 0, "close-window", true],
		["at its end, whatever a push may do", open, 0, "wait", true],
		["with a release that may cut it short", { ...open, next: release("c") }, -1, "close-window", true],
		["with a release that would take a trial's place", { ...open, next: release("c") }, -1, "supersede", true],
		["with a release that must wait", { ...open, next: release("c") }, -1, "wait", false],
		["that has no end on record", endless, 0, "close-window", false],
	] as const)("given a window %s, answers so", (_case, state, byMs, onNewPush, may) => {
		expect(mayClose(state, onNewPush, windowEndsAtEpochMs + byMs)).toBe(may);
	});
});

describe("hasChangedRoles", () => {
	it.each([
		["before roles changed", serviceState({ phase: "closing" }), false],
		["after roles changed", serviceState({ phase: "closing", stableRelease: release("b") }), true],
		["with nothing on trial", serviceState({ phase: "idle" }), false],
	])("given a closing %s, answers so", (_, state, hasChanged) => {
		expect(hasChangedRoles(state)).toBe(hasChanged);
	});
});

describe("changeRoles", () => {
	it.each([
		["blue", "green"],
		["green", "blue"],
	] as const)("given %s as the stable slot, makes %s it, with the canary's release", (stableSlot, after) => {
		const { trialRuleArn: _, ...state } = serviceState({ phase: "closing", stableSlot });

		const changed = applied(serviceState({ phase: "closing", stableSlot }), changeRoles(state, release("b")));

		expect(changed).toStrictEqual({ ...state, stableSlot: after, stableRelease: release("b"), replaced: release("a") });
	});

	it("given the end of the old slot is still to come, keeps the epoch that fences its scale-down", () => {
		const state = serviceState({ phase: "closing", stableEpoch: 3 });

		expect(applied(state, changeRoles(state, release("b"))).stableEpoch).toBe(3);
	});

	it("given two executions that both change roles, changes them once", () => {
		const state = serviceState({ phase: "closing" });
		const transition = changeRoles(state, release("b"));

		const twice = applied(applied(state, transition), transition);

		expect(twice.stableSlot).toBe("green");
	});

	it.each([
		["another phase", serviceState({ phase: "rolling-back" })],
		["another epoch", serviceState({ phase: "closing", epoch: 10 })],
		["another rollout", serviceState({ phase: "closing", rolloutId: "checkout-9" })],
	])("given %s by now, is refused", (_, state) => {
		const transition = changeRoles(serviceState({ phase: "closing" }), release("b"));

		expect(satisfies(state, transition.condition)).toBe(false);
	});

	it("given a record without a rollout, asks for epoch and phase alone", () => {
		const { rolloutId: _, ...state } = serviceState({ phase: "closing" });

		expect(changeRoles(state, release("b")).condition).toStrictEqual({ epoch: 8, phaseIn: ["closing"] });
	});
});

/** A record in which every attribute of a rollout is there. */
const full = (phase: "closing" | "rolling-back"): ServiceState =>
	serviceState({
		...serviceState({ phase: "rolling-back" }),
		phase,
		next: release("c"),
		windowEndsAtEpochMs: 3_000_000,
		redAlarms: { p95: 1 },
		pause: { reason: "approval", explanation: "", token: "t", sinceEpochMs: 1, approvers: [] },
	});

/** What waits stays, for the next look to begin. */
const atRest = (stableEpoch: number) => ({
	next: release("c"),
	service: "checkout",
	epoch: 8,
	phase: "idle",
	stableSlot: "blue",
	stableRelease: release("a"),
	stableEpoch,
	weightPercent: 0,
	redAlarms: {},
	executionStarted: false,
});

describe("finish", () => {
	it("given a rollback, leaves an idle service with the stable release, what waits, and nothing else of the rollout", () => {
		expect(applied(full("rolling-back"), finish(7, "checkout", "rolled-back"))).toStrictEqual(atRest(6));
	});

	it("given a promotion, the slot that serves now carries the rollout's epoch", () => {
		expect(applied(full("closing"), finish(7, "checkout", "promoted"))).toStrictEqual(atRest(7));
	});

	it("given a rollout in which a person was asked, forgets when, what they approved and since when it baked", () => {
		const state = { ...full("closing"), askedAtEpochMs: 1, approvedPercent: 50, bakesSinceEpochMs: 1 };

		expect(applied(state, finish(7, "checkout", "promoted"))).toStrictEqual(atRest(7));
	});

	it.each([
		["promoted", "closing"],
		["rolled-back", "rolling-back"],
	] as const)("given the outcome %s, is possible in %s only", (outcome, phase) => {
		const { condition } = finish(7, "checkout", outcome);

		const possible = phases.filter((candidate) =>
			satisfies(serviceState({ phase: candidate, epoch: 8, rolloutId: "checkout-7" }), condition),
		);

		expect(possible).toStrictEqual([phase]);
	});

	it.each([
		["a rollout that has begun since", serviceState({ phase: "closing", epoch: 8, rolloutId: "checkout-8" })],
		["an epoch that has begun since", serviceState({ phase: "closing", epoch: 9 })],
		["the rollout's own epoch", serviceState({ phase: "closing", epoch: 7 })],
	])("given %s, is refused", (_, state) => {
		expect(satisfies(state, finish(7, "checkout", "promoted").condition)).toBe(false);
	});
});
