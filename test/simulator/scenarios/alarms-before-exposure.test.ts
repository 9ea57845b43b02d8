import { expect, it } from "vitest";
import { scenarioOf } from "../../../simulator/scenarios/all-scenarios.ts";
import { runScenario } from "../../../simulator/scenarios/run-scenario.ts";
import { resumeAfter, type Scenario } from "../../../simulator/scenarios/scenario.ts";
import { failedOrders } from "../../../simulator/scenarios/stories/failed-orders.ts";
import { rehearse } from "../rehearsal.ts";

const first = "checkout-orders-failed";
const second = "checkout-carts-lost";

/** The first one's properties, of another metric. */
const properties = {
	AlarmName: second,
	Namespace: "Shop",
	MetricName: "CartsLost",
	Dimensions: [{ Name: "Service", Value: "checkout" }],
	Statistic: "Sum",
	Period: 10,
	EvaluationPeriods: 3,
	DatapointsToAlarm: 3,
	Threshold: 20,
	ComparisonOperator: "GreaterThanThreshold",
	TreatMissingData: "notBreaching",
};

const secondsRed = 1_500;

it("given a second alarm that turns red while a person is asked about the first, asks about both before exposure", async () => {
	const prepared = await rehearse();
	const asked: string[] = [];
	const story: Scenario = {
		...scenarioOf("alarm-before-exposure"),
		broken: () => [],
		configure: (definition) => ({ ...definition, alarmNames: [first, second] }),
		begin: (stage) => {
			stage.system.alarms.add(properties, `arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${second}`);
			stage.after(30, () => stage.push());
		},
		react: (event, stage) => {
			resumeAfter(300, event, stage);
			if (event.kind !== "rollout.paused.v1") return;
			if (event.detail.reason === "approval")
				return stage.once("first", () => stage.feed(failedOrders("checkout", "OrdersFailed"), 100, secondsRed));
			asked.push(event.detail.explanation);
			stage.once("second", () => stage.feed(failedOrders("checkout", "CartsLost"), 100, secondsRed));
		},
	};

	const { outcome } = await runScenario(prepared, story, 1);

	const about = "Red since this rollout was admitted, and the canary has not served anybody yet";
	expect(asked).toEqual([
		`${about}: ${first}. Resume to expose it all the same, or abort.`,
		`${about}: ${first}, ${second}. Not asked about before: ${second}. Resume to expose it all the same, or abort.`,
	]);
	expect(outcome).toBe("promoted");
});
