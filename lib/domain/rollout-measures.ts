import type { RolloutRecord } from "./rollout-record.ts";

/** One figure of the control plane itself, with the few words that tell it from others of its name. */
export interface Measure {
	readonly name:
		| "RolloutSeconds"
		| "SecondsAtWeight"
		| "LeadSeconds"
		| "DetectionSeconds"
		| "RecoverySeconds"
		| "PausedSeconds";
	readonly seconds: number;
	/** Bounded: outcomes, causes of rollbacks, and weights that plans name. */
	readonly dimensions: Readonly<Record<string, string>>;
}

const between = (
	name: Measure["name"],
	fromEpochMs: number | undefined,
	toEpochMs: number | undefined,
	dimensions: Measure["dimensions"],
): readonly Measure[] =>
	// Clocks of two products may disagree by moments; time does not run backwards.
	fromEpochMs === undefined || toEpochMs === undefined
		? []
		: [{ name, seconds: Math.max(0, toEpochMs - fromEpochMs) / 1000, dimensions }];

/** How long each weight lasted: until the next one, and the last until the rollout went back, forth or ended. */
const atWeights = ({
	shifts = [],
	triggeredAtEpochMs,
	promotedAtEpochMs,
	endedAtEpochMs,
}: RolloutRecord): readonly Measure[] => {
	// The window is not a step: it has a length of its own.
	const end = promotedAtEpochMs ?? triggeredAtEpochMs ?? endedAtEpochMs;
	return shifts.flatMap(({ weightPercent, atEpochMs }, index) =>
		between("SecondsAtWeight", atEpochMs, shifts[index + 1]?.atEpochMs ?? end, {
			weightPercent: String(weightPercent),
		}),
	);
};

/** What a rollout that has ended adds to the figures of the control plane; what is not known is left out. */
export const measuresOf = (record: RolloutRecord): readonly Measure[] => {
	const { outcome, cause, pausedSeconds, exposedAtEpochMs, triggeredAtEpochMs } = record;
	const because = { cause: cause ?? "unknown" };
	return [
		...between("RolloutSeconds", record.startedAtEpochMs, record.endedAtEpochMs, { outcome }),
		...atWeights(record),
		...(pausedSeconds === undefined
			? []
			: [{ name: "PausedSeconds" as const, seconds: pausedSeconds, dimensions: {} }]),
		...(outcome === "promoted" ? between("LeadSeconds", record.pushedAtEpochMs, record.promotedAtEpochMs, {}) : []),
		// Harm may have begun later than exposure, so this is the longest that it can have gone unnoticed.
		...between("DetectionSeconds", exposedAtEpochMs, triggeredAtEpochMs, because),
		...(exposedAtEpochMs === undefined
			? []
			: between("RecoverySeconds", triggeredAtEpochMs, record.zeroConfirmedAtEpochMs, because)),
	];
};
