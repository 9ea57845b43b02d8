import type { Approval, ServiceDefinition, Step } from "./service-definition.ts";

/** What comes next in the list of steps that a strategy was turned into (D1). */
export type StepPlan =
	| { readonly kind: "step"; readonly step: Step; readonly nextStepIndex: number }
	| { readonly kind: "approval"; readonly step: Step; readonly approval: Approval; readonly nextStepIndex: number }
	| { readonly kind: "promote" };

/** The step at an index, counted from 0; past the last one there is nothing left but to promote. */
export const planStep = (definition: Pick<ServiceDefinition, "steps">, stepIndex: number): StepPlan => {
	const step = definition.steps[stepIndex];
	if (step === undefined) return { kind: "promote" };
	const nextStepIndex = stepIndex + 1;
	return step.approval === null
		? { kind: "step", step, nextStepIndex }
		: { kind: "approval", step, approval: step.approval, nextStepIndex };
};

/**
 * The weight that a step begins from, percent: the next lower one, 0 for the first. Read from the plan, because the
 * record may hold the new weight already when a call is repeated.
 */
export const weightBefore = ({ steps }: Pick<ServiceDefinition, "steps">, weightPercent: number): number =>
	Math.max(0, ...steps.map((step) => step.weightPercent).filter((other) => other < weightPercent));
