import { endsWindow } from "./closing.ts";
import { durationText } from "./duration-text.ts";
import { judgeGates, noGates } from "./gates.ts";
import { instantText } from "./instant-text.ts";
import { isSameRelease, type Release } from "./release.ts";
import type { ReleasePlan } from "./release-plan.ts";
import { releaseText } from "./release-text.ts";
import type { RolloutRecord } from "./rollout-record.ts";
import type { OnUndecided, ServiceDefinition } from "./service-definition.ts";
import { type Phase, revertiblePhases, type ServiceState } from "./service-state.ts";
import { someNames } from "./some-names.ts";

/** What would become of a release instead of an ordinary rollout that begins at once. */
export interface Obstacle {
	/**
	 * `refused`: it would not begin. `waits`: it would begin later. `pauses`: a person would be asked.
	 * `goes-back`: users would not keep it. `goes-on`: it would begin or pass without having been judged by that.
	 */
	readonly effect: "refused" | "waits" | "pauses" | "goes-back" | "goes-on";
	readonly reason: string;
}

/** What is known at the moment of asking. */
export interface Circumstances {
	readonly state: ServiceState;
	readonly definition: ServiceDefinition;
	/** The release that is asked about; null for whatever is pushed next. */
	readonly release: Release | null;
	readonly history: readonly RolloutRecord[];
	/** Alarms of the service that are red now. */
	readonly redAlarmNames: readonly string[];
	/** The way it would go at the present traffic. */
	readonly plan: ReleasePlan;
	readonly nowEpochMs: number;
}

const ofRelease = ({ state, release, history }: Circumstances): readonly Obstacle[] => {
	if (release === null) return [];
	const name = releaseText(release);
	if (state.phase === "idle" && isSameRelease(state.stableRelease, release))
		return [{ effect: "refused", reason: `${name} already serves everybody.` }];
	if (state.phase !== "idle" && isSameRelease(state.release, release))
		return [{ effect: "refused", reason: `${name} is on trial already, as ${state.rolloutId ?? "a rollout"}.` }];
	const before = history.find((record) => isSameRelease(record.release, release));
	if (before === undefined) return [];
	return [
		{
			effect: "refused",
			reason: `${name} was rolled out before (${before.rolloutId} ended ${before.outcome}); a push of it starts nothing, \`sluice release ${state.service} --id ${release.id}\` does.`,
		},
	];
};

const doing: Readonly<Record<Exclude<Phase, "idle">, string>> = {
	preparing: "is getting ready",
	trial: "is on trial",
	window: "is in its window",
	closing: "is closing",
	"rolling-back": "is rolling back",
};

/** What a push does to the rollout under way. */
const onPush = ({ phase, pause }: ServiceState, { onNewPush }: ServiceDefinition): string => {
	if (phase === "window" && endsWindow(onNewPush)) return "; a push ends its window at the next look";
	if (onNewPush === "supersede" && revertiblePhases.includes(phase)) return "; a push takes its place";
	return pause === undefined ? "" : `, and that waits for a person (${pause.reason})`;
};

const ofBusyService = ({ state, definition }: Circumstances): readonly Obstacle[] => {
	const { phase, rolloutId = "a rollout", next } = state;
	if (phase === "idle") return [];
	const replaced = next === undefined ? "" : ` It would take the place of ${releaseText(next)} in the queue.`;
	return [{ effect: "waits", reason: `${rolloutId} ${doing[phase]}${onPush(state, definition)}.${replaced}` }];
};

/** The same gates that admission asks. */
const ofGates = ({ definition, nowEpochMs }: Circumstances): readonly Obstacle[] => {
	const state = judgeGates({ gates: definition.gates ?? noGates, nowEpochMs });
	if (state.kind === "open") return [];
	const { reason, opensAtEpochMs } = state;
	const opens = opensAtEpochMs === undefined ? "" : ` It opens ${instantText(opensAtEpochMs)}.`;
	return [{ effect: "waits", reason: `${reason.replace(/\.$/, "")}.${opens}` }];
};

const ofAlarms = ({ redAlarmNames, definition }: Circumstances): readonly Obstacle[] => {
	if (redAlarmNames.length === 0) return [];
	const red = `Red now: ${someNames(redAlarmNames)}.`;
	return definition.redBefore === "hold"
		? [{ effect: "pauses", reason: `${red} A person is asked before the first weight while an alarm is red.` }]
		: [{ effect: "goes-on", reason: `${red} What is red before the first weight cannot send this release back.` }];
};

/** What the user wants where a step ends without a verdict. */
const afterSilence: Readonly<Record<OnUndecided, Pick<Obstacle, "effect"> & { readonly ending: string }>> = {
	pause: { effect: "pauses", ending: "a person is asked" },
	"roll-back": { effect: "goes-back", ending: "everybody goes back" },
	promote: { effect: "goes-on", ending: "it goes on without a verdict" },
};

const ofEvidence = ({ definition, plan }: Circumstances): readonly Obstacle[] => {
	const { requestsPerSecond } = plan;
	if (requestsPerSecond === null || requestsPerSecond <= 0)
		return [
			{
				effect: "pauses",
				reason: `No requests were measured lately in ${definition.measurements.namespace}; a step without data asks a person.`,
			},
		];
	const { effect, ending } = afterSilence[definition.onUndecided];
	return plan.steps
		.filter(({ expectedSeconds }) => expectedSeconds === null)
		.map(({ weightPercent, neededRequests, evidenceSeconds, maxSeconds }) => ({
			effect,
			reason: `At ${weightPercent} % of the present traffic ${neededRequests} requests to each slot need ${durationText(evidenceSeconds ?? 0)}, and the step ends after ${durationText(maxSeconds)}: then ${ending}.`,
		}));
};

/** Everything that stands in a release's way now, what keeps it from beginning first. */
export const obstaclesOf = (circumstances: Circumstances): readonly Obstacle[] => [
	...ofRelease(circumstances),
	...ofBusyService(circumstances),
	...ofGates(circumstances),
	...ofAlarms(circumstances),
	...ofEvidence(circumstances),
];
