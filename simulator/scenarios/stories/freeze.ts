import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** Stories begin on a Monday at nine, universal time. */
const freeze = {
	from: "2026-01-05T08:00",
	to: "2026-01-05T10:30",
	timeZone: "Etc/UTC",
	reason: "The auditors are here.",
};
const endsAtSeconds = 5_400;

/** The next sweep comes within five minutes; one of them may be lost. */
const sweepSeconds = 660;

/** Nothing begins in a freeze, and nothing is forgotten: what was pushed begins when it is over. */
export const freezeStory: Scenario = {
	name: "freeze",
	story: "An image is pushed in a freeze of ninety minutes; it is held, said once, and begins when the freeze is over.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	configure: (definition) => ({ ...definition, gates: { windows: [], freezes: [freeze] } }),
	react: approvePromptly,
	broken: (ending) => {
		const held = ending.told("release.held.v1");
		const beganAtSeconds = ending.told("rollout.started.v1")[0]?.atSeconds ?? Number.NaN;
		return [
			...hasBegun(ending, 1),
			...unless(held.length === 1, `It was said ${held.length} times that it is held; once was expected.`),
			...unless(
				beganAtSeconds >= endsAtSeconds && beganAtSeconds <= endsAtSeconds + sweepSeconds,
				`It began after ${beganAtSeconds} s; allowed is ${endsAtSeconds} to ${endsAtSeconds + sweepSeconds} s.`,
			),
		];
	},
};
