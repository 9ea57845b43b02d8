import { describe, expect, it } from "vitest";
import { fakeRolloutHistory } from "../../../simulator/fakes/rollout-history.ts";
import { rolloutHistoryContract } from "../../contracts/rollout-history.contract.ts";
import { makeStage } from "./stage.ts";

rolloutHistoryContract("fakeRolloutHistory", async () => {
	const { world, caller } = makeStage();
	return { history: fakeRolloutHistory(world, caller, "sluice"), silence: () => caller.silence() };
});

describe("fakeRolloutHistory makes the calls of the real adapter", () => {
	it("given a table that is not there, fails for good", async () => {
		const { world, caller } = makeStage();

		const listed = fakeRolloutHistory(world, caller, "slucie").list("checkout", 1);

		await expect(listed).rejects.toMatchObject({ name: "InvalidAwsCallError" });
		expect(caller.operations).toEqual(["dynamodb:Query"]);
	});
});
