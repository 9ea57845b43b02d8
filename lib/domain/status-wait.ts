import { agreementText, pushTrailOf } from "./agreement.ts";
import { asSentence, withoutStop } from "./as-sentence.ts";
import { clearingSeconds } from "./bake.ts";
import { durationText } from "./duration-text.ts";
import { instantText } from "./instant-text.ts";
import { openQuestion } from "./pause.ts";
import { releaseText } from "./release-text.ts";
import type { Approval, OnUndecided } from "./service-definition.ts";
import type { HeldRelease, Pause } from "./service-state.ts";
import { sinceText } from "./since-text.ts";
import { otherSlot } from "./slot.ts";
import { someNames } from "./some-names.ts";
import { agreedPercent, comingStep, presentStep, type StatusFacts } from "./status-facts.ts";
import { untilText } from "./until-text.ts";

/** Why nothing moves this second, what would change that, and by when; null where nothing is under way. */
export const waitOf = (facts: StatusFacts): string | null => {
	const { state, nowEpochMs } = facts;
	const question = openQuestion(state);
	if (question !== undefined) return questionOf(facts, question);
	switch (state.phase) {
		case "idle":
			if (state.rolloutId !== undefined) return hiddenOf(state.rolloutId);
			return state.held === undefined ? null : heldOf(state.held, nowEpochMs);
		case "preparing":
			return preparationOf(facts);
		case "trial":
			return bakeOf(facts);
		case "window":
			return windowOf(facts);
		case "closing":
			return `Connections to slot ${state.stableRelease.id === state.release?.id ? otherSlot(state.stableSlot) : state.stableSlot} get time to end${drainOf(facts)} before it is scaled down.`;
		case "rolling-back":
			return rollbackOf(facts);
	}
};

const hiddenOf = (rolloutId: string): string =>
	`The record is idle and still names ${rolloutId}, so somebody has edited it: its canary may still serve, and nothing begins beside it.`;

const heldOf = ({ release, sinceEpochMs, gate, reason, opensAtEpochMs }: HeldRelease, nowEpochMs: number): string => {
	const opens = opensAtEpochMs === undefined ? "" : `; open ${instantText(opensAtEpochMs)}`;
	return `${releaseText(release)} is held ${sinceText(sinceEpochMs, nowEpochMs)} by the gate ${gate}: ${withoutStop(reason)}${opens}.`;
};

const drainOf = ({ definition }: StatusFacts): string =>
	definition === null ? "" : `, ${durationText(definition.drainSeconds)},`;

const preparationOf = ({ state, definition, nowEpochMs }: StatusFacts): string => {
	const slot = otherSlot(state.stableSlot);
	if (state.trialRuleArn !== undefined) return `Slot ${slot} is ready; capacity for the first weight is being seen to.`;
	const deadline =
		definition === null || state.startedAtEpochMs === undefined
			? ""
			: `, ${untilText(state.startedAtEpochMs + definition.progressDeadlineSeconds * 1000, nowEpochMs)}, else it goes back`;
	return `Pods of slot ${slot} get ready${deadline}.`;
};

const bakeOf = (facts: StatusFacts): string => {
	const { state, definition, nowEpochMs } = facts;
	const step = presentStep(facts);
	const agreed = agreedPercent(facts);
	if (agreed !== null) return `Capacity for ${agreed} % is being seen to.`;
	const began = state.bakesSinceEpochMs ?? state.shifts?.at(-1)?.atEpochMs;
	const bake = step === null ? "" : `, ${boundsOf(step.minBakeSeconds, step.maxBakeSeconds)}`;
	const baked = began === undefined ? "" : ` ${sinceText(began, nowEpochMs)}`;
	const needs =
		step === null || definition === null
			? ""
			: step.judgedBy === "comparison"
				? ` Each slot needs ${definition.guardrails.minRequests} requests to be judged.`
				: " It is judged by absolute limits and the clock.";
	return `It bakes at ${state.weightPercent} %${baked}${bake}.${needs}`;
};

const lastingDoubt: Readonly<Record<OnUndecided, string>> = {
	pause: "a person is asked",
	"roll-back": "everybody goes back",
	promote: "it closes all the same",
};

const windowOf = ({ state: { windowEndsAtEpochMs: endsAtEpochMs }, definition, nowEpochMs }: StatusFacts): string => {
	if (endsAtEpochMs === undefined) return "The window is open.";
	const armed = "alarms and guardrails are armed";
	const doubt =
		definition === null
			? ""
			: ` After ${durationText(clearingSeconds)} of doubt ${lastingDoubt[definition.onUndecided]}.`;
	return endsAtEpochMs > nowEpochMs
		? `The window is open for ${untilText(endsAtEpochMs, nowEpochMs)}; ${armed}.`
		: `The window was over ${instantText(endsAtEpochMs)} and closes once its figures are clear; ${armed}.${doubt}`;
};

const boundsOf = (minSeconds: number, maxSeconds: number): string =>
	minSeconds === maxSeconds
		? `${durationText(minSeconds)} in all`
		: `${durationText(minSeconds)} at least and ${durationText(maxSeconds)} at most`;

const rollbackOf = ({ state, nowEpochMs, definition }: StatusFacts): string => {
	const { rollback } = state;
	if (rollback === undefined) return "Traffic is sent back.";
	const why = `It goes back ${sinceText(rollback.triggeredAtEpochMs, nowEpochMs)}, cause ${rollback.kind}: ${asSentence(rollback.explanation)}`;
	const { zeroConfirmedAtEpochMs } = rollback;
	if (zeroConfirmedAtEpochMs === undefined)
		return `${why} Zero is not confirmed yet: the router has not been read back.`;
	const seconds = ((zeroConfirmedAtEpochMs - rollback.triggeredAtEpochMs) / 1000).toFixed(1);
	const drain =
		definition === null ? "" : `, ${untilText(zeroConfirmedAtEpochMs + definition.drainSeconds * 1000, nowEpochMs)}`;
	return `${why} Zero was confirmed ${seconds} s after the trigger; open connections get time to end${drain}.`;
};

/** Time that every question but an approval has before it is asked again. */
const daySeconds = 86_400;

const questionOf = (facts: StatusFacts, pause: Pause): string => {
	const isApproval = pause.reason === "approval";
	const approval = isApproval ? (comingStep(facts)?.approval ?? null) : null;
	// A person takes the place of evidence, not of an approver.
	const verbs = isApproval ? ["approve", "abort"] : ["resume", "promote", "abort"];
	const commands = verbs.map((verb) => `\`sluice ${verb} ${facts.state.service}\``).join(" or ");
	const asked = `A person is asked ${sinceText(pause.sinceEpochMs, facts.nowEpochMs)} (${pause.reason}): ${asSentence(pause.explanation)}`;
	const agreement = isApproval
		? agreementText(pause, facts.state.askedBy, pushTrailOf(facts.state, facts.nowEpochMs))
		: "";
	const answers = agreement === "" ? "" : `${agreement} `;
	return `${asked} ${answers}${whoOf(pause)} may answer with ${commands}${lapseOf(facts, pause, approval)}.`;
};

const whoOf = ({ approvers }: Pause): string =>
	approvers.length === 0 ? "Anybody who may send commands" : someNames(approvers);

const lapseOf = ({ nowEpochMs }: StatusFacts, pause: Pause, approval: Approval | null): string => {
	if (pause.reason !== "approval")
		return `; it is asked again after ${untilText(pause.sinceEpochMs + daySeconds * 1000, nowEpochMs)}`;
	return approval === null ? "" : `, ${untilText(pause.sinceEpochMs + approval.expiresSeconds * 1000, nowEpochMs)}`;
};
