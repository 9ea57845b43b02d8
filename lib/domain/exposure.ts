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
	| { readonly kind: "pause"; readonly explanation: string };

/**
 * Whether the canary may get its first request (D9). Red since before admission is recorded and does not hold the
 * rollout back, unless the configuration says so: it may be the very fault that this release mends. Red since admission
 * means that something else is going wrong right now, so a person decides; `acceptRed` says that one has.
 */
export const decideExposure = (
	state: ServiceState,
	redNow: readonly RedNow[],
	acceptRed: boolean,
	redBefore: RedBefore = "proceed",
): ExposureDecision => {
	const admittedAtEpochMs = state.startedAtEpochMs ?? 0;
	const fresh = redNow.filter((alarm) => alarm.sinceEpochMs >= admittedAtEpochMs);
	if (fresh.length > 0 && !acceptRed) {
		const names = someNames(fresh.map((alarm) => alarm.name));
		return {
			kind: "pause",
			explanation: `Red since this rollout was admitted, and the canary has not served anybody yet: ${names}. Resume to expose it all the same, or abort.`,
		};
	}
	if (redBefore === "hold" && redNow.length > 0 && !acceptRed) {
		const names = someNames(redNow.map((alarm) => alarm.name));
		return {
			kind: "pause",
			explanation: `Red since before this rollout was admitted, and this service holds releases then (redBefore): ${names}. Resume to expose it all the same, abort, or wait until they are green and resume.`,
		};
	}
	return { kind: "expose", redAlarms: Object.fromEntries(redNow.map((alarm) => [alarm.name, alarm.sinceEpochMs])) };
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
 * The time of first exposure is kept from the first claim, and so is that of each weight.
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
		...(redAlarms === null ? {} : { redAlarms }),
	},
	setIfAbsent: { exposedAtEpochMs: nowEpochMs },
});

/** Claims the weight that is on record once more: in the window, where it can only be the last one. */
export const keepWeight = (epoch: number): Transition => ({ condition: { epoch, phaseIn: ["window"] }, set: {} });
