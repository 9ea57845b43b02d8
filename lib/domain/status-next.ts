import { durationText } from "./duration-text.ts";
import { openQuestion } from "./pause.ts";
import type { ServiceDefinition, Step } from "./service-definition.ts";
import { otherSlot } from "./slot.ts";
import { someNames } from "./some-names.ts";
import { comingStep, presentStep, type StatusFacts } from "./status-facts.ts";

/** What happens once what is waited for has come, and what happens if it does not. */
export const nextOf = (facts: StatusFacts): string => {
	const { state } = facts;
	switch (state.phase) {
		case "idle":
			return idleNext(facts);
		case "preparing":
			return `Then ${comingText(facts, "the first weight")}.`;
		case "trial":
			return trialNext(facts);
		case "window":
			return `Then it closes: slot ${otherSlot(state.stableSlot)} becomes stable, and undoing it is a new rollout. An alarm or a broken limit sends everybody back before that.`;
		case "closing":
			return `Then the service is idle${afterwards(facts)}.`;
		case "rolling-back":
			return `Then slot ${otherSlot(state.stableSlot)} is scaled down and the service is idle${afterwards(facts)}.`;
	}
};

const idleNext = ({ state, definition }: StatusFacts): string => {
	if (state.wanted !== undefined || state.held !== undefined)
		return "What waits begins as soon as nothing holds it back; it is looked at every few minutes.";
	return definition === null
		? "The next push begins a rollout."
		: `The next push to ${definition.repositoryName} whose tag matches ${definition.tagPattern} begins a rollout: ${weightsText(definition)}.`;
};

const weightsText = ({ steps, windowSeconds }: ServiceDefinition): string =>
	`${steps.map(({ weightPercent }) => `${weightPercent} %`).join(", ")}, then a window of ${durationText(windowSeconds)}`;

const afterwards = ({ state }: StatusFacts): string =>
	state.next === undefined && state.wanted === undefined ? "" : ", and what waits begins";

/** The next weight; who is asked before it, unless that is what is being asked. */
const comingText = (facts: StatusFacts, otherwise: string): string => {
	const step = comingStep(facts);
	if (step === null) return otherwise;
	const { approval, weightPercent } = step;
	if (approval === null || openQuestion(facts.state)?.reason === "approval") return `${weightPercent} %`;
	const who = approval.approvers.length === 0 ? "" : ` (${someNames(approval.approvers)})`;
	return `a person${who} is asked for ${weightPercent} %`;
};

const trialNext = (facts: StatusFacts): string => {
	const { definition, state } = facts;
	if (definition === null) return "Then the next weight, or the window after the last one.";
	const then = comingText(facts, `the window opens for ${durationText(definition.windowSeconds)}`);
	const step = presentStep(facts);
	if (openQuestion(state)?.reason === "approval" || step === null) return `Then ${then}.`;
	return `If it is healthy: ${then}. If it does harm: everybody goes back at once. ${undecidedText(definition, step)}`;
};

const undecidedText = ({ onUndecided }: ServiceDefinition, { maxBakeSeconds }: Step): string => {
	const after = `If nothing is clear after ${durationText(maxBakeSeconds)}`;
	switch (onUndecided) {
		case "pause":
			return `${after}: a person is asked.`;
		case "roll-back":
			return `${after}: everybody goes back.`;
		case "promote":
			return `${after}: it goes on.`;
	}
};
