import { expect, it } from "vitest";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import { approvePromptly, type Scenario } from "../../../simulator/scenarios/scenario.ts";
import { alarmAtGate } from "../../../simulator/scenarios/stories/alarm-at-gate.ts";
import { rehearse } from "../rehearsal.ts";

/** Nobody answers the question for 50 %, and nothing is wrong with the canary that serves 25 % meanwhile. */
const unanswered: Scenario = {
	...alarmAtGate,
	react: (event, stage) => {
		if (event.kind === "rollout.paused.v1" && event.detail.explanation.includes(" 50 %")) return;
		approvePromptly(event, stage);
	},
};

it("given a question that nobody answers for most of a day, a watch goes on beside it, and no history grows long", async () => {
	const { executions, outcome } = await runScenario(await rehearse(), unanswered, 1, { limitSeconds: 20 * 3_600 });

	const watches = executions.filter(({ machine }) => machine.endsWith("-watch"));
	expect(outcome).toBe("unfinished");
	expect(watches.filter(({ status }) => status === "RUNNING")).toHaveLength(1);
	expect(watches.filter(({ status }) => status === "SUCCEEDED").length).toBeGreaterThan(3);
	expect(Math.max(...executions.map(({ events }) => events))).toBeLessThan(12_500);
});
