import { durationText } from "./duration-text.ts";
import { openQuestion } from "./pause.ts";
import { releaseText } from "./release-text.ts";
import { seatsGate } from "./seats.ts";
import type { ServiceDefinition, Step } from "./service-definition.ts";
import { type Pause, revertiblePhases, type ServiceState } from "./service-state.ts";
import { otherSlot } from "./slot.ts";
import { someNames } from "./some-names.ts";
import { agreedPercent, awaitedPercent, comingStep, presentStep, type StatusFacts } from "./status-facts.ts";

/** What happens once what is waited for has come, and what happens if it does not. */
export const nextOf = (facts: StatusFacts): string => {
	const { state } = facts;
	const question = openQuestion(state);
	if (question !== undefined && revertiblePhases.includes(state.phase)) return answeredNext(facts, question);
	switch (state.phase) {
		case "idle":
			return idleNext(facts);
		case "preparing":
			return `Then ${comingText(facts, "the first weight")}.${abortText(facts)}`;
		case "trial":
			return `${trialNext(facts)}${abortText(facts)}`;
		case "window":
			return `Then ${closingText(facts)}${abortText(facts)}`;
		case "closing":
			return `Then the service is idle${afterwards(facts)}.${undoText(facts)}`;
		case "rolling-back":
			return `Then slot ${otherSlot(state.stableSlot)} is scaled down and the service is idle${afterwards(facts)}.`;
	}
};

const closingText = ({ state }: StatusFacts): string =>
	`it closes: slot ${otherSlot(state.stableSlot)} becomes stable, and undoing it is a new rollout. An alarm or a broken limit sends everybody back before that.`;

/** The way out, which is the same from everywhere; a question names it already. */
const abortText = ({ state }: StatusFacts): string =>
	` \`sluice abort ${state.service}\` ${state.weightPercent === 0 ? "ends it" : "sends everybody back"} now.`;

/** What the answer to an open question leads to, other than to go back. */
const answeredNext = (facts: StatusFacts, question: Pause): string => {
	const { state, definition } = facts;
	const percent = awaitedPercent(facts, question);
	if (question.reason === "approval") return `Then ${percent === null ? "the next weight" : `${percent} %`}.`;
	if (state.phase === "window") return `Once resumed, the window goes on; then ${closingText(facts)}`;
	if (percent !== null) return `Once resumed: ${percent} %, at once${provided(question)}.`;
	if (state.phase === "preparing") return `Once resumed: the first weight, at once${provided(question)}.`;
	const mended =
		question.reason === "external-writer"
			? " a weight that was lowered is set again and, where all else is as it should be,"
			: "";
	const anew = `Once resumed,${mended} it bakes anew at ${state.weightPercent} %.`;
	return definition === null ? anew : `${anew} ${verdictsText(facts, definition)}`;
};

/** What is looked at once more before a weight that was held back. */
const provided = ({ reason }: Pause): string => {
	if (reason === "capacity-short") return ", if there is capacity by then";
	return reason === "environment-unhealthy" ? ", unless yet another alarm is red by then" : "";
};

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
	if (state.wanted !== undefined || state.held !== undefined || state.next !== undefined) return waitingNext(state);
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

/** The next weight; who is asked before it, where nobody has agreed to it yet. */
const comingText = (facts: StatusFacts, otherwise: string): string => {
	const agreed = agreedPercent(facts);
	if (agreed !== null) return `${agreed} %, at once`;
	const step = comingStep(facts);
	if (step === null) return otherwise;
	const { approval, weightPercent } = step;
	if (approval === null) return `${weightPercent} %`;
	const who = approval.approvers.length === 0 ? "" : ` (${someNames(approval.approvers)})`;
	return `a person${who} is asked for ${weightPercent} %`;
};

const trialNext = (facts: StatusFacts): string => {
	const { definition } = facts;
	const agreed = agreedPercent(facts);
	if (agreed !== null) return `Then ${agreed} %, at once.`;
	if (definition === null) return "Then the next weight, or the window after the last one.";
	const step = presentStep(facts);
	if (step === null) return `Then ${afterBake(facts, definition)}.`;
	return `${verdictsText(facts, definition)} ${undecidedText(definition, step)}`;
};

const afterBake = (facts: StatusFacts, { windowSeconds }: ServiceDefinition): string =>
	comingText(facts, `the window opens for ${durationText(windowSeconds)}`);

const verdictsText = (facts: StatusFacts, definition: ServiceDefinition): string =>
	`If it is healthy: ${afterBake(facts, definition)}. If it does harm: everybody goes back at once.`;

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
