import { expect, it } from "vitest";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import { approvePromptly, type Scenario } from "../../../simulator/scenarios/scenario.ts";
import { goodImage } from "../../../simulator/scenarios/stories/good-image.ts";
import { rehearse } from "../rehearsal.ts";

const daySeconds = 86_400;

/**
 * Nobody approves the first rollout, which goes back after a day. Another push has waited since its first minutes, and in
 * the very minutes in which its turn comes nobody reaches the cluster.
 */
const heldUp: Scenario = {
	...goodImage,
	expected: ["rolled-back", "promoted"],
	react: (event, stage) => {
		if (event.kind === "rollout.started.v1")
			stage.once("first", () => stage.after(60, () => stage.push("second", "v3")));
		if (event.kind === "rollout.ended.v1")
			stage.once("unreachable", () =>
				stage.trouble({
					matches: (entry, { operation }) => entry === "functions/admit-release" && operation.startsWith("kubernetes:"),
					fault: { kind: "throttled" },
					seconds: 1_200,
				}),
			);
		if (stage.rolloutsStarted > 1) approvePromptly(event, stage);
	},
	broken: () => [],
};

it("given a push that was queued for more than a day, and a cluster that is out of reach when its turn comes, it begins later", async () => {
	const result = await runScenario(await rehearse(), heldUp, 1, { limitSeconds: 3 * daySeconds });

	const queued = result.timeline.find(({ kind }) => kind === "release.queued.v1");
	const started = result.timeline.filter(({ kind }) => kind === "rollout.started.v1");
	expect(result).toMatchObject({ ok: true, broken: [] });
	expect(started).toHaveLength(2);
	expect((started[1]?.atSeconds ?? 0) - (queued?.atSeconds ?? Number.POSITIVE_INFINITY)).toBeGreaterThan(daySeconds);
});
