import { describe, expect, it } from "vitest";
import { playRollout } from "./rollout-stage.ts";

describe("alarms that are red before the first exposure", () => {
	it("given one that was asked about and another one that turned red meanwhile, accepts what each question named", async () => {
		const played = await playRollout({ red: [["a"], ["a", "b"]] });

		expect(played.rollout).toMatchObject({ status: "SUCCEEDED", output: { outcome: "promoted" } });
		expect(played.payloadsOf("AwaitPerson")).toHaveLength(2);
		expect(played.payloadsOf("ShiftTraffic").map(({ acceptedAlarms }) => acceptedAlarms)).toEqual([
			[],
			["a"],
			["a", "b"],
			["a", "b"],
		]);
	});

	it("given none, accepts none", async () => {
		const played = await playRollout();

		expect(played.payloadsOf("ShiftTraffic").map(({ acceptedAlarms }) => acceptedAlarms)).toEqual([[], []]);
	});
});

describe("a question", () => {
	it("given any reason, says the weight of the step that it is about", async () => {
		const steps = [{ weightPercent: 25, approval: true }, { weightPercent: 100 }];

		const played = await playRollout({ steps, red: [["a"]], looks: ["pass", "pause"] });

		expect(played.payloadsOf("AwaitPerson").map(({ reason, weightPercent }) => [reason, weightPercent])).toEqual([
			["approval", 25],
			["environment-unhealthy", 25],
			["external-writer", 100],
		]);
	});
});
