import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, stageAt } from "../rollout-journey.ts";

const plan = (stage: FunctionStage, stepIndex: number): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).planStep, payload({ stepIndex }));

describe("the next step", () => {
	it.each([
		[0, { kind: "step", step: { weightPercent: 25 }, nextStepIndex: 1 }],
		[1, { kind: "step", step: { weightPercent: 100 }, nextStepIndex: 2 }],
		[2, { kind: "promote" }],
	])("given index %i, answers it by its kind", async (stepIndex, expected) => {
		const stage = await stageAt("opened");

		await expect(plan(stage, stepIndex)).resolves.toMatchObject({ v: 1, ...expected });
	});

	it("given a step that needs an approval, says who may give it", async () => {
		const approval = { approvers: ["ana"], expiresSeconds: 3_600 };
		const asked = {
			weightPercent: 100,
			judgedBy: "guardrails",
			minBakeSeconds: 0,
			maxBakeSeconds: 60,
			approval,
		} as const;
		const stage = functionStage({ steps: [asked] });
		await reach(stage, "admitted");

		await expect(plan(stage, 0)).resolves.toEqual({ v: 1, kind: "approval", step: asked, approval, nextStepIndex: 1 });
	});

	it("given a definition that was changed since, plans by the one that the rollout pinned", async () => {
		const stage = await stageAt("admitted");
		const [first] = stage.definition.steps;
		if (first === undefined) throw new RangeError("The definition has no steps.");
		await stage.ports.catalog.publish({ ...stage.definition, steps: [{ ...first, weightPercent: 100 }] });

		await expect(plan(stage, 0)).resolves.toMatchObject({ step: { weightPercent: 25 } });
	});

	it("given a rollout that is closing, has no steps left", async () => {
		const stage = await stageAt("closed");

		await expect(plan(stage, 0)).resolves.toEqual({ v: 1, kind: "close" });
	});

	it("given an index that no rollout reaches, is refused", async () => {
		const stage = await stageAt("opened");

		await expect(plan(stage, 21)).rejects.toMatchObject({ name: "InvalidEventError" });
	});
});
