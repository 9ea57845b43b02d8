import { describe, expect, it } from "vitest";
import type { Step } from "../../lib/domain/service-definition.ts";
import { planStep, weightBefore } from "../../lib/domain/step-plan.ts";
import { definition, step } from "./builders.ts";

const approval = { approvers: ["ana"], expiresSeconds: 3_600 };
const first = step({ weightPercent: 5, approval });
const last = step({ weightPercent: 100, judgedBy: "guardrails" });
const { steps } = definition({ steps: [first, last] });

describe("planStep", () => {
	it("given a step that somebody must approve, asks first", () => {
		expect(planStep({ steps }, 0)).toStrictEqual({ kind: "approval", step: first, approval, nextStepIndex: 1 });
	});

	it("given a step that nobody is asked about, takes it", () => {
		expect(planStep({ steps }, 1)).toStrictEqual({ kind: "step", step: last, nextStepIndex: 2 });
	});

	it("given that the last step is done, promotes", () => {
		expect(planStep({ steps }, 2)).toStrictEqual({ kind: "promote" });
	});

	it("given any list of steps, passes through all of them in order and ends", () => {
		const weights: number[] = [];

		for (let plan = planStep({ steps }, 0); plan.kind !== "promote"; plan = planStep({ steps }, plan.nextStepIndex))
			weights.push(plan.step.weightPercent);

		expect(weights).toStrictEqual([5, 100]);
	});
});

describe("weightBefore", () => {
	const shifts = [5, 25, 100].map((weightPercent) => ({ weightPercent, atEpochMs: weightPercent }));

	it.each([
		[5, 0],
		[25, 5],
		[100, 25],
		[24, 5],
	])("given a shift to %i among 5, 25 and 100, begins from %i", (weightPercent, before) => {
		expect(weightBefore(shifts, weightPercent)).toBe(before);
	});

	it("given steps that were left out, begins from the last one that was not", () => {
		expect(weightBefore(shifts.slice(0, 1), 100)).toBe(5);
	});
});

describe("a rollout that a person promotes", () => {
	const approval = { approvers: [], expiresSeconds: 3_600 };
	const asking = (weightPercent: number) => step({ weightPercent, approval });
	const plain = (weightPercent: number) => step({ weightPercent });
	/** Weights that are taken, those that somebody approves first in brackets. */
	const taken = (steps: readonly Step[], fromIndex: number): readonly unknown[] => {
		const weights: unknown[] = [];
		let plan = planStep({ steps }, fromIndex, true);
		for (; plan.kind !== "promote"; plan = planStep({ steps }, plan.nextStepIndex, true))
			weights.push(plan.kind === "approval" ? [plan.step.weightPercent] : plan.step.weightPercent);
		return weights;
	};

	it.each([
		["nobody to ask", [plain(5), plain(25), plain(50), plain(100)], 0, [100]],
		["nobody to ask any more", [asking(5), plain(25), plain(50), plain(100)], 1, [100]],
		["somebody to ask first", [asking(5), plain(25), plain(50), plain(100)], 0, [[100]]],
		["somebody to ask later", [plain(5), plain(25), asking(50), plain(100)], 0, [25, [100]]],
		["somebody to ask before each", [asking(5), asking(25), asking(100)], 0, [[5], [25], [100]]],
		["the last step to go", [plain(5), plain(100)], 1, [100]],
		["nothing to go", [plain(5), plain(100)], 2, []],
	] as const)("given %s, takes what nobody needs to be asked for in one go", (_, steps, fromIndex, expected) => {
		expect(taken(steps, fromIndex)).toStrictEqual(expected);
	});
});
