import { describe, expect, it } from "vitest";
import {
	causeOfRed,
	claimWeight,
	decideExposure,
	keepWeight,
	recordTrialRule,
	redSinceExposure,
} from "../../lib/domain/exposure.ts";
import { phases } from "../../lib/domain/service-state.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { admittedAtEpochMs, exposedAtEpochMs, serviceState } from "./builders.ts";

const preparing = serviceState({ phase: "preparing" });
const red = (name: string, sinceEpochMs: number) => ({ name, sinceEpochMs });

describe("decideExposure", () => {
	it("given no alarm that is red, exposes", () => {
		expect(decideExposure(preparing, [], [])).toStrictEqual({ kind: "expose", redAlarms: {} });
	});

	it("given an alarm that was red before admission, exposes and remembers since when it was", () => {
		const decision = decideExposure(preparing, [red("p95", admittedAtEpochMs - 1)], []);

		expect(decision).toStrictEqual({ kind: "expose", redAlarms: { p95: admittedAtEpochMs - 1 } });
	});

	it("given an alarm that turned red since admission, pauses and names it and no other", () => {
		const decision = decideExposure(preparing, [red("old", 1), red("p95", admittedAtEpochMs)], []);

		expect(decision).toStrictEqual({
			kind: "pause",
			explanation:
				"Red since this rollout was admitted, and the canary has not served anybody yet: p95. Resume to expose it all the same, or abort.",
			askedAlarms: ["p95"],
		});
	});

	it("given an alarm that was red before admission and a service that holds releases then, pauses until somebody says so", () => {
		const before = [red("p95", admittedAtEpochMs - 1)];

		expect(decideExposure(preparing, before, [], "hold")).toStrictEqual({
			kind: "pause",
			explanation:
				"Red since before this rollout was admitted, and this service holds releases then (redBefore): p95. Resume to expose it all the same, abort, or wait until they are green and resume.",
			askedAlarms: ["p95"],
		});
		expect(decideExposure(preparing, before, ["p95"], "hold")).toMatchObject({ kind: "expose" });
		expect(decideExposure(preparing, [], [], "hold")).toMatchObject({ kind: "expose" });
		expect(decideExposure(preparing, before, [], "proceed")).toMatchObject({ kind: "expose" });
	});

	it("given that a person accepted what is red, exposes and remembers all of it", () => {
		const decision = decideExposure(preparing, [red("old", 1), red("p95", admittedAtEpochMs)], ["p95"]);

		expect(decision).toStrictEqual({ kind: "expose", redAlarms: { old: 1, p95: admittedAtEpochMs } });
	});

	it("given no time of admission, takes every red alarm for a new one", () => {
		const { startedAtEpochMs: _, ...state } = preparing;

		expect(decideExposure(state, [red("p95", 0)], []).kind).toBe("pause");
	});

	it("given a hundred alarms with long names, explains itself in a sentence that events can carry", () => {
		const alarms = Array.from({ length: 100 }, (_, index) => red(`${index}`.padStart(255, "x"), admittedAtEpochMs));

		const decision = decideExposure(preparing, alarms, []);

		expect(decision.kind === "pause" && decision.explanation).toMatch(/x4 and 95 more\. Resume/);
		expect(decision.kind === "pause" && decision.explanation.length).toBeLessThan(2_000);
		expect(decision.kind === "pause" && decision.askedAlarms).toHaveLength(100);
	});

	it("given three lists of long names, names fewer of each", () => {
		const alarms = Array.from({ length: 100 }, (_, index) =>
			red(`${index}`.padStart(255, "x"), admittedAtEpochMs - (index % 2)),
		);

		const decision = decideExposure(preparing, alarms, ["another"], "hold");

		expect(decision.kind === "pause" && decision.explanation.length).toBeLessThan(2_000);
		expect(decision.kind === "pause" && decision.explanation.match(/and 48 more\. /g)).toHaveLength(2);
	});

	it("given one more alarm than a person was asked about, asks again and names all of them", () => {
		const both = [red("p95", admittedAtEpochMs), red("errors", admittedAtEpochMs + 1)];

		expect(decideExposure(preparing, both, ["p95"])).toStrictEqual({
			kind: "pause",
			explanation:
				"Red since this rollout was admitted, and the canary has not served anybody yet: p95, errors. Not asked about before: errors. Resume to expose it all the same, or abort.",
			askedAlarms: ["p95", "errors"],
		});
		expect(decideExposure(preparing, both, ["p95", "errors"]).kind).toBe("expose");
		expect(decideExposure(preparing, both, "all").kind).toBe("expose");
	});

	it("given another alarm while the accepted one is green, does not forget that one", () => {
		const another = [red("errors", admittedAtEpochMs)];
		const both = [...another, red("p95", admittedAtEpochMs + 1)];

		const decision = decideExposure(preparing, another, ["p95"]);

		expect(decision).toMatchObject({ kind: "pause", askedAlarms: ["p95", "errors"] });
		expect(decideExposure(preparing, both, ["p95", "errors"]).kind).toBe("expose");
	});

	it("given a service that holds releases and an alarm since admission beside one before it, asks about both at once", () => {
		const both = [red("old", admittedAtEpochMs - 1), red("p95", admittedAtEpochMs)];

		expect(decideExposure(preparing, both, [], "hold")).toMatchObject({
			explanation:
				"Red since this rollout was admitted, and the canary has not served anybody yet: p95. Red since before this rollout was admitted, and this service holds releases then (redBefore): old. Resume to expose it all the same, abort, or wait until they are green and resume.",
			askedAlarms: ["p95", "old"],
		});
		expect(decideExposure(preparing, both, ["p95"], "hold").kind).toBe("pause");
		expect(decideExposure(preparing, both, ["p95"], "proceed").kind).toBe("expose");
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
	it("given a claim that lands after a later one, it is refused; the same one again is not", () => {
		const after = applied(preparing, claimWeight(7, 25, 1, null));

		expect(satisfies(after, claimWeight(7, 5, 1, null).condition)).toBe(false);
		expect(satisfies(after, claimWeight(7, 25, 1, null).condition)).toBe(true);
	});

	it("given the first weight, begins the trial and records when, and what was red", () => {
		const after = applied(preparing, claimWeight(7, 5, 1_500_000, { p95: 1 }));

		expect(after).toStrictEqual({
			...preparing,
			phase: "trial",
			weightPercent: 5,
			redAlarms: { p95: 1 },
			exposedAtEpochMs: 1_500_000,
			shifts: [{ weightPercent: 5, atEpochMs: 1_500_000 }],
			bakesSinceEpochMs: 1_500_000,
		});
	});

	it("given weights before it, adds its own once and keeps the time of its first claim, while its bake begins with each", () => {
		const first = applied(preparing, claimWeight(7, 5, 1_000, null, undefined));
		const second = applied(first, claimWeight(7, 25, 2_000, null, first.shifts));
		const again = applied(second, claimWeight(7, 25, 3_000, null, second.shifts));

		expect(again.shifts).toEqual([
			{ weightPercent: 5, atEpochMs: 1_000 },
			{ weightPercent: 25, atEpochMs: 2_000 },
		]);
		expect([second, again].map(({ bakesSinceEpochMs }) => bakesSinceEpochMs)).toEqual([2_000, 3_000]);
	});

	it("given a later weight, keeps the time of first exposure and what was red then", () => {
		const trial = serviceState({ phase: "trial", redAlarms: { p95: 1 } });

		const after = applied(trial, claimWeight(7, 50, exposedAtEpochMs + 1, null));

		const shifts = [{ weightPercent: 50, atEpochMs: exposedAtEpochMs + 1 }];
		expect(after).toStrictEqual({ ...trial, weightPercent: 50, shifts, bakesSinceEpochMs: exposedAtEpochMs + 1 });
	});

	it("given every phase, is possible in preparing and trial only", () => {
		const { condition } = claimWeight(7, 100, 1, null);

		expect(phases.filter((phase) => satisfies(serviceState({ phase, epoch: 7 }), condition))).toStrictEqual([
			"preparing",
			"trial",
		]);
	});

	it.each([6, 8])("given epoch 7, a writer of epoch %i is refused", (epoch) => {
		expect(satisfies(preparing, claimWeight(epoch, 5, 1, null).condition)).toBe(false);
	});
});

describe("keepWeight", () => {
	it("given the window, claims what is on record once more and changes nothing", () => {
		const state = serviceState({ phase: "window" });

		expect(applied(state, keepWeight(7))).toStrictEqual(state);
	});

	it("given every phase and epoch, is possible in the window at its own epoch only", () => {
		const { condition } = keepWeight(7);

		expect(phases.filter((phase) => satisfies(serviceState({ phase, epoch: 7 }), condition))).toStrictEqual(["window"]);
		expect(satisfies(serviceState({ phase: "window", epoch: 8 }), condition)).toBe(false);
	});
});

describe("redSinceExposure", () => {
	const exposed = { ...serviceState({ phase: "trial" }), exposedAtEpochMs, redAlarms: { old: 1 } };

	it("given an alarm that turned red at the exposure or later, finds it although its event was lost", () => {
		const lost = redSinceExposure(exposed, [red("p95", exposedAtEpochMs), red("errors", exposedAtEpochMs + 1)]);

		expect(lost.map(({ name }) => name)).toStrictEqual(["p95", "errors"]);
	});

	it.each([
		["red since before the exposure", exposed, red("p95", exposedAtEpochMs - 1)],
		["red before it and again since", exposed, red("old", exposedAtEpochMs + 1)],
		["red while nobody has been exposed", preparing, red("p95", exposedAtEpochMs + 1)],
	])("given an alarm that is %s, finds nothing", (_, state, alarm) => {
		expect(redSinceExposure(state, [alarm])).toStrictEqual([]);
	});

	it("given what was found, is a reason that names the alarms and the moment of asking", () => {
		expect(causeOfRed([red("p95", 1)], 77)).toMatchObject({
			kind: "alarm",
			explanation: expect.stringContaining("p95"),
			triggeredAtEpochMs: 77,
		});
	});
});
