import { isDeepStrictEqual } from "node:util";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { Outcome } from "../../lib/domain/service-state.ts";
import type { Hand } from "../checkers/checker.ts";
import type { System } from "../system/make-system.ts";
import type { Tally } from "../world/tally.ts";
import { digestOfVersion } from "./make-stage.ts";
import { endingOf, expectedOf, type Scenario } from "./scenario.ts";
import type { ScenarioResult } from "./scenario-result.ts";
import type { Answered, RequestCounts, Story } from "./story.ts";
import type { TimelineEntry } from "./timeline.ts";

/** A run that is over, or is given up. */
export interface Run {
	readonly system: System;
	readonly story: Story;
	readonly definition: ServiceDefinition;
	readonly scenario: Scenario;
	/** What people did besides who belongs to the story. */
	readonly strangeHands: ReadonlySet<Hand>;
}

const answered = (tally: Tally | undefined): Answered => ({ good: tally?.good ?? 0, bad: tally?.bad ?? 0 });

/** Requests so far, by the role of the slot that should have answered them at that moment; none where nobody uses it. */
export const requestsOf = ({ system, scenario }: Pick<Run, "system" | "scenario">): RequestCounts => {
	const totals = system.world.traffic.find(scenario.service)?.totals();
	return { stable: answered(totals?.stable), canary: answered(totals?.canary) };
};

const requestsOfVersion = ({ system, scenario }: Run, version: string): Answered =>
	answered(system.world.traffic.find(scenario.service)?.totals().byDigest.get(digestOfVersion(version)));

/** How the story went, in a word. */
export const outcomeOf = ({ story, scenario }: Pick<Run, "story" | "scenario">): ScenarioResult["outcome"] => {
	const isOfRightLength = rightEndings(scenario).some(({ length }) => length <= story.outcomes.length);
	if (!isOfRightLength) return "unfinished";
	return story.outcomes.at(-1) ?? "none";
};

/** What a story may come to. */
const rightEndings = (scenario: Scenario): readonly (readonly Outcome[])[] => [
	expectedOf(scenario),
	...(scenario.orElse ?? []),
];

/** Whether as many rollouts have ended as the story is to have. */
export const hasAllEndings = ({ story, scenario }: Pick<Run, "story" | "scenario">): boolean =>
	story.outcomes.length >= expectedOf(scenario).length;

/** Whether it came to another of its right endings, which may be shorter. */
export const hasOtherEnding = ({ story, scenario }: Pick<Run, "story" | "scenario">): boolean =>
	(scenario.orElse ?? []).some((ending) => isDeepStrictEqual(ending, story.outcomes));

/** How the story went otherwise than it should have. Where strangers lent a hand, any end of a rollout may be right. */
export const unexpected = (run: Run): readonly string[] => {
	const { system, story, scenario, strangeHands } = run;
	const { outcomes } = story;
	if (strangeHands.size > 0 && outcomes.length > 0) return [];
	const isRight = rightEndings(scenario).some((ending) => isDeepStrictEqual(ending, outcomes));
	const { canary } = requestsOf(run);
	const entriesOf = (kind: string): readonly TimelineEntry[] => story.timeline.filter((entry) => entry.kind === kind);
	return [
		...(isRight ? [] : [`It ended ${outcomes.join(", ") || "unfinished"}; expected was ${endingOf(scenario)}.`]),
		...scenario.broken({
			canaryRequests: canary.good + canary.bad,
			alarmTurnedRed: story.alarmTurnedRed,
			weightAtRollbackPercent: story.weightAtRollbackPercent,
			rollouts: story.rollouts,
			timeline: story.timeline,
			definition: run.definition,
			system,
			told: entriesOf,
			noted: entriesOf,
			requestsOf: (version) => requestsOfVersion(run, version),
		}),
	];
};
