import type { LifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import { approvePromptly, type Ending, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const by = "AROAPEOPLE:release-manager";

/** Time within which what a person wants is heeded: a look, a retry or two, and the capacity that a weight needs. */
const heededSeconds = 120;

/** Promotes it while it bakes at 5 %, and once more five minutes into its window. */
const promoteTwice = (event: LifecycleEvent, stage: Stage): void => {
	approvePromptly(event, stage);
	if (event.kind === "rollout.shifted.v1" && event.detail.toPercent === 5)
		stage.once("in the bake", () => stage.after(40, () => stage.command("promote", by)));
	if (event.kind === "rollout.promoted.v1")
		stage.once("in the window", () => stage.after(300, () => stage.command("promote", by)));
};

const broken = ({ told, canaryRequests }: Ending): readonly string[] => {
	const [first, second] = told("rollout.promotion-asked.v1");
	const [promoted] = told("rollout.promoted.v1");
	const [closed] = told("rollout.closed.v1");
	const smallSteps = told("rollout.shifted.v1").filter(
		({ atSeconds, toPercent }) =>
			first !== undefined && atSeconds > first.atSeconds + heededSeconds && toPercent !== 100,
	);
	const windowSeconds = (closed?.atSeconds ?? 0) - (promoted?.atSeconds ?? 0);
	return [
		...(canaryRequests > 0 ? [] : ["The new version never served a request."]),
		...smallSteps.map(({ toPercent }) => `A step of ${String(toPercent)} % was taken after it had been promoted.`),
		...(second === undefined || windowSeconds < 3_600
			? []
			: [`The window lasted ${windowSeconds} s, and a person had ended it.`]),
	];
};

/** An urgent and healthy version: a person takes the place of evidence, first in a bake and then in the window. */
export const promoteByHand: Scenario = {
	name: "promote-by-hand",
	story: "A person promotes a version at 5 %: the rest goes in one go; asked again in the window, it closes.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	react: promoteTwice,
	broken,
};

/** The same haste with a version that harms: it still goes back. */
export const promoteBadImage: Scenario = {
	...promoteByHand,
	name: "promote-bad-image",
	story: "A person promotes a version at 5 % that fails for one request in five: it goes back all the same.",
	expected: "rolled-back",
	candidate: { errorRatio: 0.2 },
	broken: ({ rollouts }) =>
		rollouts.some(({ rollback }) => rollback !== null) ? [] : ["It served everybody, and nobody took it back."],
};
