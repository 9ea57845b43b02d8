import type { Scenario } from "./scenario.ts";
import { deploymentWindow } from "./stories/deployment-window.ts";
import { freezeStory } from "./stories/freeze.ts";
import { freezeInRollout } from "./stories/freeze-in-rollout.ts";
import { holdWhenRed } from "./stories/hold-when-red.ts";
import { manyAtOnce } from "./stories/many-at-once.ts";
import { releaseAnEarlierOne } from "./stories/release-an-earlier-one.ts";
import { retryAfterRollback } from "./stories/retry-after-rollback.ts";
import { supersede } from "./stories/supersede.ts";

/** Stories of what keeps a release from beginning, and of what makes one begin. */
export const admissionScenarios: readonly Scenario[] = [
	supersede,
	freezeStory,
	freezeInRollout,
	deploymentWindow,
	retryAfterRollback,
	releaseAnEarlierOne,
	holdWhenRed,
	manyAtOnce,
];
