import { describe, expect, it } from "vitest";
import { type RedTurn, reactToAlarm, rearmSeconds } from "../../lib/domain/alarm-reaction.ts";
import type { ServiceState } from "../../lib/domain/service-state.ts";
import { exposedAtEpochMs, serviceState } from "./builders.ts";

const turn = (fields: Partial<RedTurn> = {}): RedTurn => ({
	alarmName: "checkout errors",
	turnedRedAtEpochMs: exposedAtEpochMs + 1_000_000,
	okSinceEpochMs: null,
	...fields,
});

const withoutExposure = (state: ServiceState): ServiceState => {
	const { exposedAtEpochMs: _, ...rest } = state;
	return rest;
};

describe("reactToAlarm", () => {
	it.each(["trial", "window"] as const)("given an alarm after the first exposure in %s, rolls back", (phase) => {
		const reaction = reactToAlarm(serviceState({ phase }), turn());

		expect(reaction).toStrictEqual({ kind: "roll-back", rolloutId: "checkout-7" });
	});

	it.each([
		["idle", "ignore"],
		["preparing", "ignore"],
		["rolling-back", "join"],
		["closing", "page"],
	] as const)("given an alarm while %s, answers %s", (phase, kind) => {
		expect(reactToAlarm(serviceState({ phase }), turn()).kind).toBe(kind);
	});

	it("given a record set idle by hand while a trial rule stands, rolls back all the same", () => {
		const edited = serviceState({ ...serviceState({ phase: "trial" }), phase: "idle" });
		const { trialRuleArn: _, ...withoutRule } = edited;

		expect(reactToAlarm(edited, turn())).toStrictEqual({ kind: "roll-back", rolloutId: "checkout-7" });
		expect(reactToAlarm(withoutRule, turn()).kind).toBe("ignore");
	});

	it("given a rollback under way, joins the rollout that it is about", () => {
		const reaction = reactToAlarm(serviceState({ phase: "rolling-back" }), turn());

		expect(reaction).toStrictEqual({ kind: "join", rolloutId: "checkout-7" });
	});

	it("given the point of no return, tells a person which alarm it was and what is left to do", () => {
		const reaction = reactToAlarm(serviceState({ phase: "closing" }), turn({ alarmName: "p95" }));

		expect(reaction).toStrictEqual({
			kind: "page",
			reason: "alarm p95 turned red while closing: undo is a new rollout now",
		});
	});

	it.each([
		["before the canary was exposed", -1, "ignore"],
		["at the moment of exposure", 0, "roll-back"],
	] as const)("given an alarm that turned red %s, by %i ms, answers %s", (_, byMs, kind) => {
		const reaction = reactToAlarm(
			serviceState({ phase: "trial" }),
			turn({ turnedRedAtEpochMs: exposedAtEpochMs + byMs }),
		);

		expect(reaction.kind).toBe(kind);
	});

	it("given no exposure on record, ignores every alarm", () => {
		const state = withoutExposure(serviceState({ phase: "trial" }));

		expect(reactToAlarm(state, turn())).toMatchObject({
			kind: "ignore",
			reason: "it turned red before the canary was first exposed",
		});
	});

	it.each([
		["never", null, "ignore"],
		["for a millisecond less than five minutes", rearmSeconds * 1000 - 1, "ignore"],
		["for five minutes", rearmSeconds * 1000, "roll-back"],
	] as const)("given an alarm that was red before exposure and OK %s since, it answers %s", (_, okMs, kind) => {
		const state = serviceState({ phase: "trial", redAlarms: { "checkout errors": 1 } });
		const turnedRedAtEpochMs = exposedAtEpochMs + 1_000_000;
		const okSinceEpochMs = okMs === null ? null : turnedRedAtEpochMs - okMs;

		expect(reactToAlarm(state, turn({ turnedRedAtEpochMs, okSinceEpochMs })).kind).toBe(kind);
	});

	it("given that another alarm was red before exposure, still rolls back", () => {
		const state = serviceState({ phase: "trial", redAlarms: { "checkout latency": 1 } });

		expect(reactToAlarm(state, turn()).kind).toBe("roll-back");
	});

	it("given an alarm that was red before exposure, says why it does not count", () => {
		const state = serviceState({ phase: "window", redAlarms: { "checkout errors": 1 } });

		expect(reactToAlarm(state, turn())).toStrictEqual({
			kind: "ignore",
			reason: "it was red before the first exposure and has not been OK for 300 s since",
		});
	});

	it.each(["idle", "preparing"] as const)("given an alarm while %s, says why it does not count", (phase) => {
		const reaction = reactToAlarm(serviceState({ phase }), turn());

		expect(reaction).toStrictEqual({
			kind: "ignore",
			reason:
				phase === "idle"
					? "nothing is being rolled out"
					: "the canary has not been exposed yet; exposure will wait for the alarm",
		});
	});
});
