import { describe, expect, it } from "vitest";
import { type Driver, reconcile } from "../../lib/domain/reconciliation.ts";
import { phases, revertiblePhases } from "../../lib/domain/service-state.ts";
import { admittedAtEpochMs, serviceState } from "./builders.ts";

const longAfter = admittedAtEpochMs + 3_600_000;
const justBeforeGraceEnds = admittedAtEpochMs + 59_999;
const lost = {
	kind: "roll-back",
	rolloutId: "checkout-7",
	explanation: "The execution of checkout-7 ended without finishing it.",
};

describe("reconcile", () => {
	it.each(phases)("given an execution that runs while %s, leaves it alone", (phase) => {
		expect(reconcile(serviceState({ phase }), "running", longAfter)).toStrictEqual({ kind: "leave" });
	});

	it.each(["ended", "never-started"] as const)(
		"given an idle service whose driver has %s, leaves it alone",
		(driver) => {
			expect(reconcile(serviceState({ rolloutId: "checkout-7" }), driver, longAfter)).toStrictEqual({ kind: "leave" });
		},
	);

	it("given a record without a rollout, leaves it alone", () => {
		const { rolloutId: _, ...state } = serviceState({ phase: "trial" });

		expect(reconcile(state, "ended", longAfter)).toStrictEqual({ kind: "leave" });
	});

	it.each(revertiblePhases)("given an execution that ended while %s, rolls back at once", (phase) => {
		for (const executionStarted of [true, false])
			expect(reconcile(serviceState({ phase, executionStarted }), "ended", admittedAtEpochMs)).toStrictEqual(lost);
	});

	it.each([
		[true, justBeforeGraceEnds, { kind: "leave" }],
		[false, justBeforeGraceEnds, { kind: "leave" }],
		[true, justBeforeGraceEnds + 1, lost],
		[false, justBeforeGraceEnds + 1, { kind: "start-rollout", rolloutId: "checkout-7" }],
	])(
		"given that nobody knows of an execution, whose start was acknowledged: %s, at %i, answers so",
		(started, now, answer) => {
			const state = serviceState({ phase: "preparing", executionStarted: started });

			expect(reconcile(state, "never-started", now)).toStrictEqual(answer);
		},
	);

	it("given no time of admission, does not wait for a start that may be long ago", () => {
		const { startedAtEpochMs: _, ...state } = serviceState({ phase: "preparing", executionStarted: false });

		expect(reconcile(state, "never-started", 60_000).kind).toBe("start-rollout");
	});

	it.each<Driver>(["ended", "never-started"])(
		"given a rollback whose execution has %s, begins another one",
		(driver) => {
			expect(reconcile(serviceState({ phase: "rolling-back" }), driver, admittedAtEpochMs)).toStrictEqual({
				kind: "roll-back",
				rolloutId: "checkout-7",
				explanation: "The rollback of checkout-7 ended without finishing it.",
			});
		},
	);

	it.each<Driver>(["ended", "never-started"])(
		"given a closing whose execution has %s, goes on and never back",
		(driver) => {
			expect(reconcile(serviceState({ phase: "closing" }), driver, longAfter)).toStrictEqual({
				kind: "resume-closing",
				rolloutId: "checkout-7",
			});
		},
	);
});
