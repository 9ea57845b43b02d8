import { describe, expect, it } from "vitest";
import { judgeGuardrails } from "../../lib/domain/guardrails.ts";
import type { Counts } from "../../lib/domain/measurement.ts";
import type { Judge } from "../../lib/domain/service-definition.ts";
import type { Verdict } from "../../lib/domain/verdict.ts";
import { bucket, counts, evidence } from "./builders.ts";

const limits = { maxErrorPercent: 5, maxSlowPercent: 10, windowSeconds: 60, minRequests: 100 };
const judge = (canary: Counts | null, stable: Counts | null, judgedBy: Judge = "comparison"): Verdict =>
	judgeGuardrails(evidence({ canary, stable }), limits, judgedBy);
const good = counts();

describe("judgeGuardrails, where the difference may be chance", () => {
	const excess = (percent: string, maxPercent: number) =>
		`errors: that many may be chance, which brings them about in ${percent} % of cases were the true figure ${maxPercent} % (less than 5 % proves harm)`;
	const difference = (percent: string) =>
		`errors: the difference may be chance, which brings so large a one about in ${percent} % of cases were both versions alike (less than 0.1 % blames the canary)`;

	it("given an incident of both that happens to be over the limit on the canary alone, doubts and says the figures", () => {
		const guardrails = { ...limits, maxErrorPercent: 2 };
		const seen = evidence({
			canary: counts({ requests: 1_563, errors: 37 }),
			stable: counts({ requests: 5_154, errors: 88 }),
		});

		expect(judgeGuardrails(seen, guardrails, "comparison")).toStrictEqual({
			kind: "doubtful",
			reasons: [
				"canary: 2.37 % errors (37 of 1563 requests), limit 2 %, in the last 60 s",
				"stable: 1.71 % errors (88 of 5154 requests), limit 2 %, in the last 60 s",
				excess("17.09", 2),
				difference("5.94"),
			],
		});
	});

	it.each([
		["at equal weights, nine", 100, 9, 100, "doubtful"],
		["at equal weights, ten", 100, 10, 100, "harmful"],
		["at 25 %, four", 79, 4, 237, "doubtful"],
		["at 25 %, five", 79, 5, 237, "harmful"],
		["at 5 %, two", 39, 2, 741, "doubtful"],
		["at 5 %, three", 39, 3, 741, "harmful"],
	] as const)("given %s bad requests and none on stable, judges so", (_, requests, errors, others, kind) => {
		const seen = evidence({ canary: counts({ requests, errors }), stable: counts({ requests: others }) });

		expect(judgeGuardrails(seen, { ...limits, maxErrorPercent: 0.1, minRequests: 1 }, "comparison").kind).toBe(kind);
	});

	it.each([
		["nothing of it good", 950, 950, 10, 0, "harmful"],
		["one in seven bad", 950, 143, 50, 0, "harmful"],
		["one in seven bad, and so few that they would do for one look only", 950, 143, 35, 0, "undecided"],
		["nothing of it good, and nothing to compare with", 950, 950, 0, 0, "undecided"],
		["an incident of both", 950, 143, 30, 5, "undecided"],
		["every limit kept", 950, 0, 99, 0, "undecided"],
	] as const)("given a holdback with few requests yet and %s, judges so", (_, requests, errors, others, bad, kind) => {
		const seen = counts({ requests, errors });

		expect(judge(seen, counts({ requests: others, errors: bad })).kind).toBe(kind);
	});

	it("given a shared incident that leaves the window, is not blamed for what one look in a hundred would show", () => {
		const guardrails = { ...limits, maxErrorPercent: 2 };
		const seen = evidence({
			canary: counts({ requests: 1_530, errors: 44 }),
			stable: counts({ requests: 5_068, errors: 93 }),
		});

		expect(judgeGuardrails(seen, guardrails, "comparison")).toMatchObject({
			kind: "doubtful",
			reasons: [expect.any(String), expect.any(String), difference("0.99")],
		});
	});

	it("given harm beside it, is harmful for that alone; given both sick beside it, is sick", () => {
		const close = { requests: 100, errors: 6 };
		const stable = counts({ requests: 100, errors: 2 });

		const harmful = judge(counts({ ...close, slow: 30 }), stable);
		const sick = judge(counts({ ...close, slow: 30 }), { ...stable, slow: 30 });

		expect(harmful.kind).toBe("harmful");
		expect(sick.kind).toBe("sick");
		for (const { reasons } of [harmful, sick]) expect(reasons.join()).not.toContain("errors");
	});

	it.each([
		["the window, and health since the step began", { requests: 100, errors: 6 }, { requests: 10_000 }],
		["the step, and health in the window", { requests: 100 }, { requests: 200, errors: 11 }],
	])("given doubt over %s, is not healthy: a step must not pass on it", (_, recent, whole) => {
		const seen = evidence({
			recent: [bucket(0, { canary: counts(recent), stable: counts({ requests: 100, errors: 2 }) })],
			total: { canary: counts(whole), stable: counts({ requests: 200, errors: 8 }) },
		});

		const verdict = judgeGuardrails(seen, limits, "comparison");

		expect(verdict.kind).toBe("doubtful");
		expect(verdict.reasons.join()).toContain("may be chance");
	});

	it("given a source that cannot tell for stable, does not excuse the canary", () => {
		const guardrails = { ...limits, minAvailabilityPercent: 95 };
		const seen = evidence({ canary: counts({ unanswered: 63 }), stable: good });

		expect(judgeGuardrails(seen, guardrails, "comparison").kind).toBe("harmful");
	});

	it("given no control arm, has nothing that could be alike", () => {
		expect(judge(counts({ requests: 100, errors: 10 }), counts({ errors: 49 }), "guardrails").kind).toBe("harmful");
	});
});

describe("judgeGuardrails, where the canary may be over its limit by chance", () => {
	it.each(["comparison", "guardrails"] as const)(
		"given a healthy canary's unlucky minute in a step judged by %s, doubts and says how likely it is",
		(judgedBy) => {
			const verdict = judge(counts({ requests: 257, errors: 14 }), good, judgedBy);

			expect(verdict.kind).toBe("doubtful");
			expect(verdict.reasons).toContain(
				"errors: that many may be chance, which brings them about in 41.00 % of cases were the true figure 5 % (less than 5 % proves harm)",
			);
		},
	);

	it.each([
		["the most that may be chance", 200, 15, "doubtful"],
		["one more", 200, 16, "harmful"],
		["the most that may be chance of many", 100_000, 5_114, "doubtful"],
		["one more of many", 100_000, 5_115, "harmful"],
		["nothing that is good", 100, 100, "harmful"],
	] as const)("given %s, judges so", (_, requests, errors, kind) => {
		expect(judge(counts({ requests, errors }), good, "guardrails").kind).toBe(kind);
	});

	it("given a limit that binary fractions cannot hold, is over it by more than it only, and says it as it was set", () => {
		const guardrails = { ...limits, minAvailabilityPercent: 99.9 };
		const kindOf = (unanswered: number) =>
			judgeGuardrails(evidence({ canary: counts({ unanswered }) }), guardrails, "guardrails");

		expect(kindOf(1).kind).toBe("healthy");
		expect(kindOf(2).kind).toBe("doubtful");
		expect(kindOf(2).reasons[0]).toContain("0.20 % unanswered requests (2 of 1000 requests), limit 0.1 %,");
	});

	it("given stable over the limit as well, is sick however few they are: nobody is blamed for it", () => {
		const close = counts({ requests: 100, errors: 6 });

		expect(judge(close, close).kind).toBe("sick");
	});
});
