import type { RedBefore } from "./service-definition.ts";
import type { RollbackCause, ServiceState, WeightShift } from "./service-state.ts";
import { someNames } from "./some-names.ts";
import type { Transition } from "./transition.ts";

/** An alarm that is red at the moment of exposure. */
export interface RedNow {
	readonly name: string;
	readonly sinceEpochMs: number;
}

export type ExposureDecision =
	| { readonly kind: "expose"; readonly redAlarms: Readonly<Record<string, number>> }
	/** The alarms that the question is about, and those accepted before: whoever resumes accepts these and no others. */
	| { readonly kind: "pause"; readonly explanation: string; readonly askedAlarms: readonly string[] };

/** The red alarms that a person has accepted, by name; `all` where an execution began before they were told apart. */
export type AcceptedAlarms = readonly string[] | "all";

/**
 * Whether the canary may get its first request (D9). Red since before admission is recorded and does not hold the
 * rollout back, unless the configuration says so: it may be the very fault that this release mends. Red since admission
 * means that something else is going wrong right now, so a person decides. One who has decided was asked about some
 * alarms and no others: one more that is red is a new question, which names all of them.
 */
export const decideExposure = (
	state: ServiceState,
	redNow: readonly RedNow[],
	accepted: AcceptedAlarms,
	redBefore: RedBefore = "proceed",
): ExposureDecision => {
	const admittedAtEpochMs = state.startedAtEpochMs ?? 0;
	const fresh = redNow.filter((alarm) => alarm.sinceEpochMs >= admittedAtEpochMs).map(({ name }) => name);
	const before = redNow.filter((alarm) => alarm.sinceEpochMs < admittedAtEpochMs).map(({ name }) => name);
	const held = redBefore === "hold" ? before : [];
	const asked = [...fresh, ...held];
	const unknown = accepted === "all" ? [] : asked.filter((name) => !accepted.includes(name));
	if (unknown.length > 0) {
		const question = { fresh, held, unknown: accepted.length === 0 ? [] : unknown };
		return { kind: "pause", explanation: explain(question), askedAlarms: [...new Set([...accepted, ...asked])] };
	}
	return { kind: "expose", redAlarms: Object.fromEntries(redNow.map((alarm) => [alarm.name, alarm.sinceEpochMs])) };
};

interface RedQuestion {
	readonly fresh: readonly string[];
	readonly held: readonly string[];
	/** Those that an earlier question was not about, where there was one. */
	readonly unknown: readonly string[];
}

/** What a question may have, in characters: three lists of five names with 255 characters each are more. */
const mostCharacters = 2_000;

const explain = (question: RedQuestion): string => {
	const text = sentenceOf(question, 5);
	return text.length <= mostCharacters ? text : sentenceOf(question, 2);
};

const sentenceOf = ({ fresh, held, unknown }: RedQuestion, mostNames: number): string => {
	const about = (text: string, names: readonly string[]): string =>
		names.length === 0 ? "" : `${text}: ${someNames(names, mostNames)}. `;
	return [
		about("Red since this rollout was admitted, and the canary has not served anybody yet", fresh),
		about("Red since before this rollout was admitted, and this service holds releases then (redBefore)", held),
		about("Not asked about before", unknown),
		"Resume to expose it all the same, ",
		held.length === 0 ? "or abort." : "abort, or wait until they are green and resume.",
	].join("");
};

/**
 * Alarms that should have rolled this rollout back: red now, turned red since the first exposure, and not red before it.
 * Their events start the rollback by themselves; asking at each further step is for those that were lost.
 */
export const redSinceExposure = (state: ServiceState, redNow: readonly RedNow[]): readonly RedNow[] =>
	redNow.filter(
		({ name, sinceEpochMs }) =>
			state.exposedAtEpochMs !== undefined &&
			sinceEpochMs >= state.exposedAtEpochMs &&
			state.redAlarms[name] === undefined,
	);

/** The reason to go back that a red alarm is, found by asking rather than by its event. */
export const causeOfRed = (red: readonly RedNow[], nowEpochMs: number): RollbackCause => ({
	kind: "alarm",
	explanation: `Red since the canary was exposed: ${someNames(red.map(({ name }) => name))}; the cause is unknown to them.`,
	triggeredAtEpochMs: nowEpochMs,
});

/** Records the trial rule that was opened for a rollout. */
export const recordTrialRule = (epoch: number, trialRuleArn: string): Transition => ({
	condition: { epoch, phaseIn: ["preparing"] },
	set: { trialRuleArn },
});

/**
 * Claims a weight before the router is touched (D4): whoever loses the race for the record never calls the router.
 * Weights only grow within a rollout, so a claim that lands after a later one changes nothing.
 * The time of first exposure is kept from the first claim, and so is that of each weight; the bake begins with each.
 */
export const claimWeight = (
	epoch: number,
	weightPercent: number,
	nowEpochMs: number,
	redAlarms: Readonly<Record<string, number>> | null,
	shifts: readonly WeightShift[] = [],
): Transition => ({
	condition: { epoch, phaseIn: ["preparing", "trial"], weightAtMostPercent: weightPercent },
	set: {
		phase: "trial",
		weightPercent,
		shifts: shifts.some((shift) => shift.weightPercent === weightPercent)
			? shifts
			: [...shifts, { weightPercent, atEpochMs: nowEpochMs }],
		bakesSinceEpochMs: nowEpochMs,
		...(redAlarms === null ? {} : { redAlarms }),
	},
	setIfAbsent: { exposedAtEpochMs: nowEpochMs },
});

/** Claims the weight that is on record once more: in the window, where it can only be the last one. */
export const keepWeight = (epoch: number): Transition => ({ condition: { epoch, phaseIn: ["window"] }, set: {} });
