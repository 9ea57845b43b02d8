import type { CommandVerb } from "./command.ts";
import { instantText } from "./instant-text.ts";
import { releaseText } from "./release-text.ts";
import type { ServiceState } from "./service-state.ts";
import { pauseWish } from "./wish.ts";

/** Brings any release back, from whatever state. */
const byNameText = (service: string): string =>
	`\`sluice release ${service} --id ID\` rolls out a release by its name, and \`sluice history ${service}\` lists them`;

/** How the last rollout ended, and how another one is begun. */
const afterLastText = ({ service, last }: ServiceState): string => {
	if (last === undefined) return `none has ended yet: a push begins one, and ${byNameText(service)}`;
	const ended = `the last one, ${last.rolloutId}, ended ${last.outcome}`;
	return last.outcome === "promoted"
		? `${ended}: ${byNameText(service)}`
		: `${ended}: \`sluice retry ${service}\` rolls out ${releaseText(last.release)} again`;
};

/** Why nothing can be asked of a rollout where the record names none. */
export const noneUnderWay = (state: ServiceState): string =>
	`no rollout of this service is under way; ${afterLastText(state)}`;

/** Why nothing can be asked of the rollout that a command names. */
export const notUnderWay = (state: ServiceState, rolloutId: string): string =>
	`rollout ${rolloutId} is not under way; ${state.rolloutId === undefined ? `none is, ${afterLastText(state)}` : `${state.rolloutId} is`}`;

/** Why a rollout cannot be changed any more, or not in this way; and what can be done instead. */
export const notRevertible = (state: ServiceState, verb: CommandVerb): string => {
	const { service, phase, rolloutId, release } = state;
	if (phase === "idle")
		return `the record is idle and still names ${rolloutId}, so somebody has edited it: \`sluice abort ${service}\` sends everybody back and ends it`;
	const tooLate = `the rollout is ${phase}; that can no longer be changed`;
	if (phase === "rolling-back")
		return release === undefined
			? tooLate
			: `${tooLate}: \`sluice retry ${service}\` rolls out ${releaseText(release)} again`;
	return `${tooLate}${verb === "abort" ? undoText(state) : ": it ends by itself, when open connections had time to"}`;
};

/** Roles change while it closes, so what served before is on record in either of two places. */
const undoText = ({ service, replaced, stableRelease, release }: ServiceState): string => {
	const before = replaced ?? (stableRelease.id === release?.id ? undefined : stableRelease);
	return before === undefined
		? `: ${byNameText(service)}`
		: `: \`sluice release ${service} --id ${before.id}\` brings ${releaseText(before)} back`;
};

/** That nobody is asked anything, and what the rollout does instead of asking. */
export const waitsForNobody = (state: ServiceState): string => {
	const wish = pauseWish(state);
	const going =
		wish === undefined
			? "goes on by itself"
			: `pauses at its next look, as ${wish.by} asked; \`sluice resume ${state.service}\` takes that back`;
	return `the rollout waits for nobody: it ${doingOf(state)} and ${going}`;
};

const doingOf = ({ phase, weightPercent, windowEndsAtEpochMs }: ServiceState): string => {
	if (phase === "preparing") return "gets its canary ready";
	if (phase === "trial") return `bakes at ${weightPercent} %`;
	return `is in its window${windowEndsAtEpochMs === undefined ? "" : ` until ${instantText(windowEndsAtEpochMs)}`}`;
};

/** Why there is nothing to try again, and how a release is asked for instead. */
export const nothingToRetry = ({ service, phase, rolloutId, last }: ServiceState): string => {
	const underWay = phase === "idle" || rolloutId === undefined ? "" : `; ${rolloutId} is under way`;
	const why =
		last === undefined
			? "no rollout of this service has ended yet"
			: `the last rollout, ${last.rolloutId}, was ${last.outcome}`;
	return `${why}${underWay}: ${byNameText(service)}`;
};
