import { digestOfVersion } from "../make-stage.ts";
import { hasBegun, unless } from "../promises.ts";
import { approvePromptly, type Scenario } from "../scenario.ts";

/** From any state one command brings an earlier release back: here while the third one is on trial. */
export const releaseAnEarlierOne: Scenario = {
	name: "release-an-earlier-one",
	story: "The second release serves and the third is on trial when a person wants the first one back, by its digest.",
	service: "checkout",
	expected: ["promoted", "superseded", "promoted"],
	// A command that comes more than five minutes late is refused: people may have decided anew since.
	orElse: [["promoted", "promoted"]],
	candidate: {},
	configure: (definition) => ({ ...definition, windowSeconds: 600 }),
	react: (event, stage) => {
		approvePromptly(event, stage);
		if (event.kind === "rollout.ended.v1") stage.once("third", () => stage.after(60, () => stage.push("third", "v3")));
		if (event.kind !== "rollout.shifted.v1" || event.detail.toPercent !== 25 || stage.rolloutsStarted !== 2) return;
		stage.once("first again", () =>
			stage.after(60, () => stage.command("release", "on-call", { release: { digest: stage.digestOf("stable") } })),
		);
	},
	broken: (ending) => {
		if (ending.told("command.refused.v1").some(({ verb }) => verb === "release")) return [];
		const serves = ending.system.world.table.get(ending.definition.service)?.stableRelease.imageDigest;
		return [
			...hasBegun(ending, 3),
			...unless(serves === digestOfVersion("stable"), `Afterwards ${serves} serves, and not what was asked for.`),
		];
	},
};
