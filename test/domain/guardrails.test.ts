import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeGuardrails } from "../../lib/domain/guardrails.ts";
import type { Counts } from "../../lib/domain/measurement.ts";
import type { Guardrails, Judge } from "../../lib/domain/service-definition.ts";
import type { Verdict } from "../../lib/domain/verdict.ts";
import { bucket, counts, evidence } from "./builders.ts";

const limits = { maxErrorPercent: 5, maxSlowPercent: 10, windowSeconds: 60, minRequests: 100 };
const judge = (canary: Counts | null, stable: Counts | null, judgedBy: Judge = "comparison"): Verdict =>
	judgeGuardrails(evidence({ canary, stable }), limits, judgedBy);
const good = counts();

describe("judgeGuardrails", () => {
	it("given both slots within every limit, is healthy and says with what figures", () => {
		expect(judge(counts({ errors: 50, slow: 100 }), good)).toStrictEqual({
			kind: "healthy",
			reasons: [
				"canary: 5.00 % errors (50 of 1000 requests), limit 5 %, in the last 60 s",
				"stable: 0.00 % errors (0 of 1000 requests), limit 5 %, in the last 60 s",
				"canary: 10.00 % slow answers (100 of 1000 requests), limit 10 %, in the last 60 s",
				"stable: 0.00 % slow answers (0 of 1000 requests), limit 10 %, in the last 60 s",
			],
		});
	});

	it.each([
		["errors", { errors: 63 }],
		["slow answers", { slow: 117 }],
	])("given %s of the canary over the limit by more than chance, is harmful for that reason alone", (name, over) => {
		const verdict = judge(counts(over), good);

		expect(verdict.kind).toBe("harmful");
		expect(verdict.reasons).toHaveLength(2);
		for (const reason of verdict.reasons) expect(reason).toContain(` % ${name} (`);
	});

	it("given the same limit broken by both slots, is sick", () => {
		const verdict = judge(counts({ errors: 300 }), counts({ errors: 60 }));

		expect(verdict.kind).toBe("sick");
		expect(verdict.reasons).toStrictEqual([
			"canary: 30.00 % errors (300 of 1000 requests), limit 5 %, in the last 60 s",
			"stable: 6.00 % errors (60 of 1000 requests), limit 5 %, in the last 60 s",
		]);
	});

	it("given one limit broken by both and one by the canary alone, is harmful for the latter", () => {
		const verdict = judge(counts({ errors: 300, slow: 300 }), counts({ errors: 300 }));

		expect(verdict.kind).toBe("harmful");
		expect(verdict.reasons.join()).not.toContain("errors");
	});

	it("given a stable slot that is over a limit alone, is healthy: the canary may be the cure", () => {
		expect(judge(good, counts({ errors: 300 })).kind).toBe("healthy");
	});

	it.each([
		["just within the limit", 50, "healthy"],
		["over it by no more than chance", 62, "doubtful"],
		["over it by more", 63, "harmful"],
		["with more answers than requests, as of those under way before", -20, "healthy"],
	] as const)("given unanswered requests %s, is so", (_, unanswered, kind) => {
		const guardrails = { ...limits, minAvailabilityPercent: 95 };

		const verdict = judgeGuardrails(
			evidence({ canary: counts({ unanswered }), stable: counts({ unanswered: 0 }) }),
			guardrails,
			"comparison",
		);

		expect(verdict.kind).toBe(kind);
		expect(verdict.reasons.join()).toContain(`(${Math.max(0, unanswered)} of 1000 requests), limit 5 %`);
	});

	it("given unanswered requests of both slots, is sick; given no limit, or a source that cannot tell, does not ask", () => {
		const silent = counts({ unanswered: 900 });
		const guardrails = { ...limits, minAvailabilityPercent: 95 };
		const kindOf = (canary: Counts, stable: Counts, under: Guardrails): string =>
			judgeGuardrails(evidence({ canary, stable }), under, "comparison").kind;

		expect(kindOf(silent, silent, guardrails)).toBe("sick");
		expect(kindOf(silent, good, limits)).toBe("healthy");
		expect(kindOf(silent, good, { ...guardrails, minAvailabilityPercent: 0 })).toBe("healthy");
		expect(kindOf(good, good, guardrails)).toBe("healthy");
	});

	it("given no control arm, the canary's own figure is enough and stable's is not looked at", () => {
		expect(judge(counts({ errors: 63 }), counts({ errors: 300 }), "guardrails")).toStrictEqual({
			kind: "harmful",
			reasons: ["canary: 6.30 % errors (63 of 1000 requests), limit 5 %, in the last 60 s"],
		});
		expect(judge(good, null, "guardrails").reasons).toHaveLength(2);
	});

	it.each([
		[
			"the canary",
			counts({ requests: 99, errors: 99 }),
			good,
			["canary: 99 requests in the last 60 s, 100 needed to decide"],
		],
		["stable", good, counts({ requests: 99 }), ["stable: 99 requests in the last 60 s, 100 needed to decide"]],
		[
			"both slots",
			null,
			null,
			[
				"canary: 0 requests in the last 60 s, 100 needed to decide",
				"stable: 0 requests in the last 60 s, 100 needed to decide",
			],
		],
	])("given too few requests of %s, is undecided and says how many are needed", (_, canary, stable, reasons) => {
		expect(judge(canary, stable)).toStrictEqual({ kind: "undecided", reasons });
	});

	it("given exactly enough requests, decides", () => {
		expect(judge(counts({ requests: 100, errors: 10 }), counts({ requests: 100 })).kind).toBe("harmful");
	});

	it("given no requests where none are needed, finds no harm", () => {
		const nothing = evidence({ canary: counts({ requests: 0 }), stable: null });

		expect(judgeGuardrails(nothing, { ...limits, minRequests: 0 }, "guardrails").reasons[0]).toBe(
			"canary: 0.00 % errors (0 of 0 requests), limit 5 %, in the last 60 s",
		);
	});
});

describe("judgeGuardrails, over the window and over the step", () => {
	const at = (recent: Partial<Counts>, whole: Partial<Counts>): Verdict =>
		judgeGuardrails(
			evidence({
				recent: [bucket(0, { canary: counts(recent) })],
				total: { canary: counts({ requests: 10_000, ...whole }), stable: counts({ requests: 10_000 }) },
			}),
			limits,
			"comparison",
		);

	it("given a sudden harm that the whole step hides, is harmful by the window", () => {
		const verdict = at({ errors: 65 }, { errors: 65 });

		expect(verdict.kind).toBe("harmful");
		expect(verdict.reasons[0]).toBe("canary: 6.50 % errors (65 of 1000 requests), limit 5 %, in the last 60 s");
	});

	it("given a constant harm that the window missed by chance, is harmful by the whole step", () => {
		const verdict = at({ errors: 40 }, { errors: 600 });

		expect(verdict.kind).toBe("harmful");
		expect(verdict.reasons[0]).toBe("canary: 6.00 % errors (600 of 10000 requests), limit 5 %, since the step began");
	});

	it("given a harm that the window has too few requests to show, is harmful by the whole step", () => {
		expect(at({ requests: 50 }, { errors: 600 }).kind).toBe("harmful");
	});

	it("given a service so quiet that the window never has enough requests, is healthy by the whole step", () => {
		expect(at({ requests: 50 }, {}).kind).toBe("healthy");
	});

	it("given no difference between the two, speaks of the window", () => {
		expect(at({}, {}).reasons[0]).toContain("in the last 60 s");
	});

	it("given the environment unwell all along and too few requests now, is sick", () => {
		const seen = evidence({
			recent: [bucket(0, { canary: counts({ requests: 50 }) })],
			total: { canary: counts({ errors: 300 }), stable: counts({ errors: 300 }) },
		});

		expect(judgeGuardrails(seen, limits, "comparison").kind).toBe("sick");
	});
});

/** From what lets a step pass to what ends it. */
const severity = { healthy: 0, undecided: 1, doubtful: 2, sick: 3, harmful: 4 } as const;
const someCounts = fc
	.record({ requests: fc.nat(1_000), errorShare: fc.nat(100), slowShare: fc.nat(100) })
	.map(({ requests, errorShare, slowShare }) => ({
		requests,
		errors: Math.floor((requests * errorShare) / 100),
		slow: Math.floor((requests * slowShare) / 100),
	}));
const maybe = fc.option(someCounts, { freq: 4 });
const buckets = fc.array(fc.record({ canary: maybe, stable: maybe }), { minLength: 1, maxLength: 6 });
const judges = fc.constantFrom<Judge>("comparison", "guardrails");
const seeded = { seed: 11, numRuns: 500 };

describe("judgeGuardrails, whatever was seen", () => {
	it("given more errors or slow answers among the same requests of the canary, is never healthier", () => {
		const name = fc.constantFrom("errors", "slow");
		fc.assert(
			fc.property(buckets, judges, name, fc.nat(1_000), (seen, judgedBy, indicator, more) => {
				const recent = seen.map((fields, index) => bucket(index, fields));
				const worse = recent.map((entry) =>
					entry.canary === null
						? entry
						: {
								...entry,
								canary: {
									...entry.canary,
									[indicator]: Math.min(entry.canary.requests, entry.canary[indicator as "errors"] + more),
								},
							},
				);

				const before = judgeGuardrails(evidence({ recent }), limits, judgedBy);
				const after = judgeGuardrails(evidence({ recent: worse }), limits, judgedBy);

				expect(severity[after.kind]).toBeGreaterThanOrEqual(severity[before.kind]);
			}),
			seeded,
		);
	});

	it("given buckets without data, no number of them makes a verdict harmful", () => {
		fc.assert(
			fc.property(fc.array(maybe, { maxLength: 6 }), judges, fc.boolean(), (others, judgedBy, isCanarySilent) => {
				const recent = others.map((other, index) =>
					bucket(index, isCanarySilent ? { canary: null, stable: other } : { canary: other, stable: null }),
				);

				const verdict = judgeGuardrails(evidence({ recent }), limits, isCanarySilent ? judgedBy : "comparison");

				expect(verdict.kind).toBe("undecided");
			}),
			seeded,
		);
	});

	it("given any verdict but undecided, a bucket without data beside it changes nothing", () => {
		fc.assert(
			fc.property(buckets, judges, (seen, judgedBy) => {
				const recent = seen.map((fields, index) => bucket(index, fields));
				const withGap = [...recent, bucket(99, { canary: null, stable: null })];

				expect(judgeGuardrails(evidence({ recent: withGap }), limits, judgedBy)).toStrictEqual(
					judgeGuardrails(evidence({ recent }), limits, judgedBy),
				);
			}),
			seeded,
		);
	});

	it("given any verdict, carries reasons that fit into an event", () => {
		fc.assert(
			fc.property(buckets, judges, (seen, judgedBy) => {
				const recent = seen.map((fields, index) => bucket(index, fields));
				const { reasons } = judgeGuardrails(evidence({ recent }), limits, judgedBy);

				expect(reasons.length).toBeGreaterThan(0);
				expect(reasons.join("; ").length).toBeLessThan(2_000);
			}),
			seeded,
		);
	});
});
