import { describe, expect, it } from "vitest";
import { oneRolloutAtATime } from "../../../simulator/checkers/one-rollout-at-a-time.ts";
import { checkedStage } from "./checked-stage.ts";

const started = (stage: ReturnType<typeof checkedStage>, rolloutId: string): void =>
	stage.tellExecution("rollout", rolloutId, "RUNNING", { v: 1, rolloutId });

describe("one rollout per service", () => {
	it("given an execution that takes two minutes to notice its end beside the next rollout, holds", async () => {
		const stage = checkedStage(oneRolloutAtATime);

		stage.begin(1);
		started(stage, "checkout-1");
		stage.write({ phase: "idle" }, ["rolloutId"]);
		stage.begin(3);
		started(stage, "checkout-3");
		await stage.look(125);
		stage.tellExecution("rollout", "checkout-1", "FAILED", {});
		await stage.look(300);

		expect(stage.broken()).toEqual([]);
	});

	it("given an execution that stays beside the next rollout, does not hold, and says it once", async () => {
		const stage = checkedStage(oneRolloutAtATime);

		stage.begin(1);
		started(stage, "checkout-1");
		stage.write({ phase: "idle" }, ["rolloutId"]);
		stage.begin(3);
		started(stage, "checkout-3");
		await stage.look(600);

		expect(stage.broken()).toEqual([
			expect.stringMatching(/rollouts checkout-1 and checkout-3 ran at once; the record is at checkout-3/),
		]);
	});

	it("given executions of other services and of a closing that was taken up again, holds", async () => {
		const stage = checkedStage(oneRolloutAtATime);

		stage.begin(1);
		started(stage, "checkout-1");
		started(stage, "checkout-api-7");
		stage.tellExecution("rollout", "checkout-1-closing-5", "RUNNING", { v: 1, rolloutId: "checkout-1" });
		await stage.look(600);

		expect(stage.broken()).toEqual([]);
	});

	it("given a rollout that takes the place of another on record, does not hold", () => {
		const stage = checkedStage(oneRolloutAtATime);

		stage.begin(1);
		stage.begin(2);

		expect(stage.broken()).toEqual([expect.stringMatching(/put checkout-2 in the place of checkout-1/)]);
	});

	it("given a hand that does the same, says nothing", () => {
		const stage = checkedStage(oneRolloutAtATime);

		stage.begin(1);
		stage.edit({ rolloutId: "checkout-2" });

		expect(stage.broken()).toEqual([]);
	});
});
