import { describe, expect, it } from "vitest";
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
	const steps = [5, 25, 100].map((weightPercent) => step({ weightPercent }));

	it.each([
		[5, 0],
		[25, 5],
		[100, 25],
		[24, 5],
	])("given a step of %i among 5, 25 and 100, begins from %i", (weightPercent, before) => {
		expect(weightBefore({ steps }, weightPercent)).toBe(before);
	});
});
