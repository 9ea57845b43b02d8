import { describe, expect, it } from "vitest";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach, rollbackEvent } from "../rollout-journey.ts";

describe("testers, where users cannot be sent back yet", () => {
	it("given a base rule that is gone, takes from testers what they were shown all the same", async () => {
		const { route } = contractDefinition();
		const preview = { header: { name: "X-Preview", value: "checkout" } };
		const stage = functionStage({ route: { ...route, preview } });
		await reach(stage, "opened");
		const { listenerArn, basePriority } = stage.definition.route;
		const base = stage.world.loadBalancer.ruleAt(listenerArn, basePriority);
		stage.world.loadBalancer.deleteRule(base?.ruleArn ?? "");

		const answer = stage.run(handlersOf(stage.ports).rollBack, rollbackEvent(), 10_000);

		await expect(answer).rejects.toMatchObject({ name: "TrafficConflictError" });

		expect(stage.world.loadBalancer.ruleAt(listenerArn, basePriority - 2)).toBeNull();
	});
});
