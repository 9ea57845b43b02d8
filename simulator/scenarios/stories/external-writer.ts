import { weightsFor } from "../../../lib/domain/slot.ts";
import { routingOf } from "../../world/routing.ts";
import { unless, wasPausedFor } from "../promises.ts";
import { resumeAfter, type Scenario } from "../scenario.ts";

/**
 * A tool of somebody else's lowers the canary's weight, and lowers it again when Sluice has set it once more. That harms
 * nobody and is no reason to fight: the rollout pauses and says so, until a person has stopped the tool.
 */
export const externalWriter: Scenario = {
	name: "external-writer",
	story: "A tool of somebody else's takes the canary's users away, again and again; the rollout pauses until it stops.",
	service: "checkout",
	expected: "promoted",
	slackSeconds: 1_800,
	candidate: {},
	react: (event, stage) => {
		resumeAfter(900, event, stage);
		if (event.kind !== "rollout.shifted.v1" || event.detail.toPercent !== 25) return;
		const routing = routingOf(stage.system.world, stage.definition);
		const lower = (): void => {
			stage.note("person.acted", { what: "takes the canary's users away" });
			stage.lend("rule-edited");
			routing.weigh("trial", weightsFor("blue", 0));
		};
		stage.once("tool", () => {
			for (let seconds = 20; seconds <= 400; seconds += 20) stage.after(seconds, lower);
		});
	},
	broken: (ending) => [
		...wasPausedFor(ending, "external-writer"),
		...unless(
			ending.told("rollout.judged.v1").some(({ verdict }) => verdict === "lowered"),
			"A weight that was lowered once was not set again.",
		),
		...unless(ending.told("rollout.rolled-back.v1").length === 0, "It went back, although nobody was harmed."),
	],
};
