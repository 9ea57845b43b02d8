import { expect, it } from "vitest";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import { approvePromptly, type Scenario } from "../../../simulator/scenarios/scenario.ts";
import { configWithImage } from "../../../simulator/scenarios/stories/config-with-image.ts";
import { settings } from "../../../simulator/scenarios/stories/read-settings.ts";
import { rehearse } from "../rehearsal.ts";

/** The settings are edited after an image was rolled out that CloudTrail knows the pusher of. */
const editedLater: Scenario = {
	...configWithImage,
	expected: ["promoted", "promoted"],
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.ended.v1")
			stage.once("edited", () =>
				stage.after(60, () => stage.setConfiguration(settings, { LOG_LEVEL: "debug", FEATURE: "on" })),
			);
	},
};

it("given other configuration for an image whose pusher is known, two people approve it, and nobody is said to have asked", async () => {
	const result = await runScenario(await rehearse(), editedLater, 1, { limitSeconds: 8 * 3_600 });

	const approved = result.timeline.filter(({ kind }) => kind === "rollout.approved.v1");
	const peopleOf = (rolloutId: string) =>
		new Set(approved.filter((entry) => entry.rolloutId === rolloutId).map(({ by }) => by)).size;
	expect(result).toMatchObject({ ok: true, broken: [] });
	expect([peopleOf("checkout-1"), peopleOf("checkout-3")]).toEqual([1, 2]);
});
