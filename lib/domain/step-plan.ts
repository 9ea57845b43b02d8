import type { Approval, ServiceDefinition, Step } from "./service-definition.ts";
import type { WeightShift } from "./service-state.ts";

/** What comes next in the list of steps that a strategy was turned into (D1). */
export type StepPlan =
	| { readonly kind: "step"; readonly step: Step; readonly nextStepIndex: number }
	| { readonly kind: "approval"; readonly step: Step; readonly approval: Approval; readonly nextStepIndex: number }
	| { readonly kind: "promote" };

/**
 * The step at an index, counted from 0; past the last one there is nothing left but to promote. Where a person has
 * promoted the rollout, the steps from there are taken in one go, up to the next one that needs an approval of its own.
 */
export const planStep = (
	{ steps }: Pick<ServiceDefinition, "steps">,
	stepIndex: number,
	isPromoted = false,
): StepPlan => {
	const first = steps[stepIndex];
	if (first === undefined) return { kind: "promote" };
	const { approval } = first;
	const nextStepIndex = isPromoted ? nextAsking(steps, stepIndex + 1) : stepIndex + 1;
	const step = steps[nextStepIndex - 1] ?? first;
	return approval === null
		? { kind: "step", step, nextStepIndex }
		: { kind: "approval", step, approval, nextStepIndex };
};

/** The next step that nobody can take without asking; as many as there are steps where nobody is asked any more. */
const nextAsking = (steps: readonly Step[], fromIndex: number): number => {
	const found = steps.findIndex(({ approval }, index) => index >= fromIndex && approval !== null);
	return found === -1 ? steps.length : found;
};

/**
 * The weight that a shift begins from, percent: the largest lower one that was claimed before, 0 for the first. Never the
 * one on record, which may be the new weight already when a call is repeated.
 */
export const weightBefore = (shifts: readonly WeightShift[], weightPercent: number): number =>
	Math.max(0, ...shifts.map((shift) => shift.weightPercent).filter((other) => other < weightPercent));
