import { describe, expect, it } from "vitest";
import { autoscalerIsReleased } from "../../../simulator/checkers/autoscaler-is-released.ts";
import { exposedStage } from "./exposed-stage.ts";

const makeStage = async (heldPods: number) => {
	const stage = await exposedStage(autoscalerIsReleased);
	stage.world.cluster.patchAutoscaler(stage.keyOf("blue"), 0, { minReplicas: heldPods });
	return stage;
};

describe("what a rollout held", () => {
	it("given an idle service that follows the user's own bounds again, holds", async () => {
		const stage = await makeStage(4);
		stage.finish();

		expect(stage.broken()).toEqual([]);
	});

	it("given an idle service that is still held higher, does not hold and says at what", async () => {
		const stage = await makeStage(7);
		stage.finish();

		expect(stage.broken()).toEqual([
			"After the story, slot blue is held at 7 pods at least; the user's own autoscaler says 4.",
		]);
	});

	it("given a rollout under way, or a hand on the cluster, says nothing", async () => {
		const underWay = await makeStage(7);
		const touched = await makeStage(7);
		touched.hands.add("deployment-edited");
		touched.finish();

		expect([...underWay.broken(), ...touched.broken()]).toEqual([]);
	});
});
