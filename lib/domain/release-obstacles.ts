import { ofAdmission } from "./admission-obstacles.ts";
import { durationText } from "./duration-text.ts";
import type { Release } from "./release.ts";
import type { ReleasePlan } from "./release-plan.ts";
import type { RolloutRecord } from "./rollout-record.ts";
import type { OnNewPush, OnUndecided, ServiceDefinition } from "./service-definition.ts";
import type { ServiceState } from "./service-state.ts";
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
	/** Whether the release's image was admitted before. */
	readonly isAdmitted: boolean;
	/** Rollouts that have a seat, where their number is limited. */
	readonly seatHolders: readonly string[];
	/** What the rollout under way, which goes by the definition that it pinned, does on a push. */
	readonly pinnedOnNewPush: OnNewPush;
	/** Alarms of the service that are red now. */
	readonly redAlarmNames: readonly string[];
	/** The way it would go at the present traffic. */
	readonly plan: ReleasePlan;
	readonly nowEpochMs: number;
}

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
	...ofAdmission(circumstances),
	...ofAlarms(circumstances),
	...ofEvidence(circumstances),
];
