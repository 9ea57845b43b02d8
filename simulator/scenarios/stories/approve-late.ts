import { unless, wasPausedFor } from "../promises.ts";
import { answerAfter, type Scenario } from "../scenario.ts";

const hours = 20;

/** The question is asked on a Friday evening; it is answered while it still may be. */
export const approveLate: Scenario = {
	name: "approve-late",
	story: "The approval comes after twenty hours, four before the question lapses.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 80_000,
	limitSeconds: 30 * 3_600,
	candidate: {},
	react: (event, stage) => answerAfter(hours * 3_600, event, stage),
	broken: (ending) => [
		...wasPausedFor(ending, "approval"),
		...unless(
			(ending.told("rollout.shifted.v1")[0]?.atSeconds ?? 0) >= hours * 3_600,
			"The canary was served before anybody had agreed.",
		),
	],
};
