import type { LifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import { approvePromptly, type Ending, type Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const by = "AROAPEOPLE:release-manager";

/** Pauses it half a minute into 25 %, looks at a chart, and resumes; then the same in the window. */
const pauseTwice = (event: LifecycleEvent, stage: Stage): void => {
	approvePromptly(event, stage);
	if (event.kind === "rollout.shifted.v1" && event.detail.toPercent === 25)
		stage.once("in the bake", () => stage.after(30, () => stage.command("pause", by)));
	if (event.kind === "rollout.promoted.v1")
		stage.once("in the window", () => stage.after(600, () => stage.command("pause", by)));
};

const broken = ({ told }: Ending): readonly string[] => {
	const asked = told("rollout.pause-asked.v1").length;
	const paused = told("rollout.paused.v1").filter(({ reason }) => reason === "person");
	const duringPause = told("rollout.shifted.v1").filter(({ atSeconds }) =>
		paused.some((pause) => atSeconds > pause.atSeconds && atSeconds < pause.atSeconds + 60),
	);
	return [
		...(paused.length >= asked ? [] : [`${asked} pauses were asked for, and it paused ${paused.length} times.`]),
		...duringPause.map(({ toPercent }) => `It went to ${String(toPercent)} % while it was paused.`),
	];
};

/** Somebody wants to look at something first: traffic stays as it is until they say so. */
export const pauseByHand: Scenario = {
	name: "pause-by-hand",
	story: "A person pauses a version at 25 %, and once more in its window, and resumes it both times.",
	service: "checkout",
	expected: "promoted",
	candidate: {},
	react: pauseTwice,
	broken,
};
