import { describe, expect, it } from "vitest";
import { claimWeight, decideExposure, recordTrialRule } from "../../lib/domain/exposure.ts";
import { phases } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { admittedAtEpochMs, exposedAtEpochMs, serviceState } from "./builders.ts";

const preparing = serviceState({ phase: "preparing" });
const red = (name: string, sinceEpochMs: number) => ({ name, sinceEpochMs });

describe("decideExposure", () => {
	it("given no alarm that is red, exposes", () => {
		expect(decideExposure(preparing, [], false)).toStrictEqual({ kind: "expose", redAlarms: {} });
	});

	it("given an alarm that was red before admission, exposes and remembers since when it was", () => {
		const decision = decideExposure(preparing, [red("p95", admittedAtEpochMs - 1)], false);

		expect(decision).toStrictEqual({ kind: "expose", redAlarms: { p95: admittedAtEpochMs - 1 } });
	});

	it("given an alarm that turned red since admission, pauses and names it and no other", () => {
		const decision = decideExposure(preparing, [red("old", 1), red("p95", admittedAtEpochMs)], false);

		expect(decision).toStrictEqual({
			kind: "pause",
			explanation:
				"Red since this rollout was admitted, and the canary has not served anybody yet: p95. Resume to expose it all the same, or abort.",
		});
	});

	it("given that a person accepted what is red, exposes and remembers all of it", () => {
		const decision = decideExposure(preparing, [red("old", 1), red("p95", admittedAtEpochMs)], true);

		expect(decision).toStrictEqual({ kind: "expose", redAlarms: { old: 1, p95: admittedAtEpochMs } });
	});

	it("given no time of admission, takes every red alarm for a new one", () => {
		const { startedAtEpochMs: _, ...state } = preparing;

		expect(decideExposure(state, [red("p95", 0)], false).kind).toBe("pause");
	});

	it("given a hundred alarms with long names, explains itself in a sentence that events can carry", () => {
		const alarms = Array.from({ length: 100 }, (_, index) => red(`${index}`.padStart(255, "x"), admittedAtEpochMs));

		const decision = decideExposure(preparing, alarms, false);

		expect(decision.kind === "pause" && decision.explanation).toMatch(/x4 and 95 more\. Resume/);
		expect(JSON.stringify(decision).length).toBeLessThan(2_000);
	});
});

describe("recordTrialRule", () => {
	it("given a rollout that is preparing, adds the rule and nothing else", () => {
		expect(applied(preparing, recordTrialRule(7, "rule-7"))).toStrictEqual({ ...preparing, trialRuleArn: "rule-7" });
	});

	it("given every phase, is possible in preparing only", () => {
		const { condition } = recordTrialRule(7, "rule-7");

		expect(phases.filter((phase) => satisfies(serviceState({ phase, epoch: 7 }), condition))).toStrictEqual([
			"preparing",
		]);
	});

	it.each([6, 8])("given epoch 7, a writer of epoch %i is refused", (epoch) => {
		expect(satisfies(preparing, recordTrialRule(epoch, "rule").condition)).toBe(false);
	});
});

describe("claimWeight", () => {
	it("given the first weight, begins the trial and records when, and what was red", () => {
		const after = applied(preparing, claimWeight(7, 5, 1_500_000, { p95: 1 }));

		expect(after).toStrictEqual({
			...preparing,
			phase: "trial",
			weightPercent: 5,
			redAlarms: { p95: 1 },
			exposedAtEpochMs: 1_500_000,
		});
	});

	it("given a later weight, keeps the time of first exposure and what was red then", () => {
		const trial = serviceState({ phase: "trial", redAlarms: { p95: 1 } });

		const after = applied(trial, claimWeight(7, 50, exposedAtEpochMs + 1, null));

		expect(after).toStrictEqual({ ...trial, weightPercent: 50 });
	});

	it("given every phase, is possible in preparing and trial only", () => {
		const { condition } = claimWeight(7, 5, 1, null);

		expect(phases.filter((phase) => satisfies(serviceState({ phase, epoch: 7 }), condition))).toStrictEqual([
			"preparing",
			"trial",
		]);
	});

	it.each([6, 8])("given epoch 7, a writer of epoch %i is refused", (epoch) => {
		expect(satisfies(preparing, claimWeight(epoch, 5, 1, null).condition)).toBe(false);
	});
});
