import { durationText } from "./duration-text.ts";
import { openQuestion } from "./pause.ts";
import { releaseText } from "./release-text.ts";
import { seatsGate } from "./seats.ts";
import type { ServiceDefinition, Step } from "./service-definition.ts";
import type { ServiceState } from "./service-state.ts";
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
			return `Then ${comingText(facts, "the first weight")}.${abortText(facts)}`;
		case "trial":
			return `${trialNext(facts)}${abortText(facts)}`;
		case "window":
			return `Then it closes: slot ${otherSlot(state.stableSlot)} becomes stable, and undoing it is a new rollout. An alarm or a broken limit sends everybody back before that.${abortText(facts)}`;
		case "closing":
			return `Then the service is idle${afterwards(facts)}.${undoText(facts)}`;
		case "rolling-back":
			return `Then slot ${otherSlot(state.stableSlot)} is scaled down and the service is idle${afterwards(facts)}.`;
	}
};

/** The way out, which is the same from everywhere; a question names it already. */
const abortText = ({ state }: StatusFacts): string =>
	openQuestion(state) === undefined
		? ` \`sluice abort ${state.service}\` ${state.weightPercent === 0 ? "ends it" : "sends everybody back"} now.`
		: "";

/** Past the point of no return the way back is a rollout of what served before. */
const undoText = ({ state: { service, replaced, stableRelease, release } }: StatusFacts): string => {
	const before = replaced ?? (stableRelease.id === release?.id ? undefined : stableRelease);
	return before === undefined
		? ""
		: ` It is too late to abort: \`sluice release ${service} --id ${before.id}\` brings ${releaseText(before)} back.`;
};

const idleNext = ({ state, definition }: StatusFacts): string => {
	const { service, rolloutId } = state;
	if (rolloutId !== undefined)
		return `\`sluice abort ${service}\` sends everybody back and ends ${rolloutId}; then the next push begins a rollout.`;
	if (state.wanted !== undefined || state.held !== undefined) return waitingNext(state);
	return definition === null
		? "The next push begins a rollout."
		: `The next push to ${definition.repositoryName} whose tag matches ${definition.tagPattern} begins a rollout: ${weightsText(definition)}.`;
};

/** A gate of the clock opens for a person who answers for it; a seat does not. */
const waitingNext = ({ service, held, wanted, stableRelease }: ServiceState): string => {
	const begins = "What waits begins as soon as nothing holds it back; it is looked at every few minutes.";
	const isGate = held !== undefined && held.gate !== seatsGate && wanted?.override !== true;
	const release = wanted?.release ?? held?.release;
	const now =
		isGate && release !== undefined
			? ` \`sluice release ${service} --id ${release.id} --override\` begins it now.`
			: "";
	return `${begins}${now} \`sluice release ${service} --id ${stableRelease.id}\` gives it up.`;
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
