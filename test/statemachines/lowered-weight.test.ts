import { describe, expect, it } from "vitest";
import { type Played, playRollout } from "./rollout-stage.ts";

const weightsOf = (played: Played): readonly unknown[] =>
	played.payloadsOf("ShiftTraffic").map(({ weightPercent }) => weightPercent);

const questionsOf = (played: Played): readonly unknown[] =>
	played.payloadsOf("AwaitPerson").map(({ reason, explanation }) => `${reason}: ${explanation}`);

describe("a weight that is found lowered", () => {
	it("given nothing that lowers one, shifts once a step and asks nobody", async () => {
		const played = await playRollout();

		expect(played.rollout).toMatchObject({ status: "SUCCEEDED", output: { outcome: "promoted" } });
		expect(weightsOf(played)).toEqual([25, 100]);
		expect(questionsOf(played)).toEqual([]);
	});

	it("given once in a step, sets it again, bakes anew, and asks nobody", async () => {
		const played = await playRollout({ looks: ["keep-watching", "lowered"] });

		expect(played.rollout.status).toBe("SUCCEEDED");
		expect(weightsOf(played)).toEqual([25, 25, 100]);
		expect(questionsOf(played)).toEqual([]);
		const looks = played.payloadsOf("WatchCanary").filter(({ mode }) => mode === "trial");
		expect(looks.map(({ round }) => round)).toEqual([0, 1, 0, 0]);
		expect(looks[2]).toMatchObject({ step: { weightPercent: 25 }, evidence: null });
	});

	it("given twice in a step, waits for a person, and shifts again once that one says resume", async () => {
		const played = await playRollout({ looks: ["lowered", "lowered"] });

		expect(played.rollout.status).toBe("SUCCEEDED");
		expect(questionsOf(played)).toEqual(["external-writer: It was lowered."]);
		expect(weightsOf(played)).toEqual([25, 25, 25, 100]);
	});

	it("given four times in a step, sets it again once for each time that a person said resume", async () => {
		const played = await playRollout({ looks: ["lowered", "lowered", "lowered", "lowered"] });

		expect(played.rollout.status).toBe("SUCCEEDED");
		expect(questionsOf(played)).toHaveLength(2);
		expect(weightsOf(played)).toEqual([25, 25, 25, 25, 25, 100]);
	});

	it.each([
		["the next step", {}],
		["a next step that somebody approves", { approval: true }],
	])("given once in each step, sets it again in %s as well", async (_, next) => {
		const steps = [{ weightPercent: 25 }, { weightPercent: 100, ...next }];

		const played = await playRollout({ steps, looks: ["lowered", "pass", "lowered"] });

		expect(played.rollout.status).toBe("SUCCEEDED");
		expect(weightsOf(played)).toEqual([25, 25, 100, 100]);
		expect(played.payloadsOf("AwaitPerson").map(({ reason }) => reason)).not.toContain("external-writer");
	});

	it("given in the window, sets it again even after the last step needed it, and the window goes on", async () => {
		const played = await playRollout({ steps: [{ weightPercent: 100 }], looks: ["lowered", "pass", "lowered"] });

		expect(played.rollout.status).toBe("SUCCEEDED");
		expect(weightsOf(played)).toEqual([100, 100, 100]);
		expect(questionsOf(played)).toEqual([]);
		const [first, second] = played.payloadsOf("WatchCanary").filter(({ mode }) => mode === "window");
		expect(second).toMatchObject({ mode: "window", startEpochMs: first?.startEpochMs });
		expect(played.payloadsOf("PromoteCanary")).toHaveLength(1);
	});

	it("given twice in the window, waits for a person and goes back to the window, not to a step", async () => {
		const played = await playRollout({ looks: ["pass", "pass", "lowered", "lowered"] });

		expect(played.rollout.status).toBe("SUCCEEDED");
		expect(questionsOf(played)).toEqual(["external-writer: It was lowered."]);
		expect(weightsOf(played)).toEqual([25, 100, 100, 100]);
		expect(played.payloadsOf("WatchCanary").at(-1)).toMatchObject({ mode: "window" });
	});

	it("given a rule that is gone instead, waits for a person at once and does not shift", async () => {
		const played = await playRollout({ looks: ["pause"] });

		expect(questionsOf(played)).toEqual(["external-writer: It was pause."]);
		expect(weightsOf(played)).toEqual([25, 100]);
	});
});
