import { describe, expect, it } from "vitest";
import { rolledBackStaysAtZero } from "../../../simulator/checkers/rolled-back-stays-at-zero.ts";
import { exposedStage } from "./exposed-stage.ts";

const makeStage = async () => {
	const stage = await exposedStage(rolledBackStaysAtZero);
	stage.shift(5);
	await stage.look(30);
	stage.beginRollback();
	return stage;
};

const openLate = ({ world, definition, call }: Awaited<ReturnType<typeof makeStage>>, canary: number): void => {
	const { listenerArn, basePriority, trialPriority, targetGroupArns } = definition.route;
	const { conditions } = world.loadBalancer.ruleAt(listenerArn, basePriority) ?? { conditions: [] };
	const weights = { [targetGroupArns.blue]: 100 - canary, [targetGroupArns.green]: canary };
	call("functions/open-trial", "elasticloadbalancing:CreateRule", () => {
		world.loadBalancer.createRule(listenerArn, { priority: trialPriority, conditions, weights, tags: {} });
	});
};

describe("rolled back stays at zero", () => {
	it("given a deleted rule, and a late one that gives the canary nothing, holds", async () => {
		const stage = await makeStage();

		stage.deleteTrial();
		await stage.pass(1);
		stage.sayRolledBack();
		openLate(stage, 0);
		await stage.look(600);

		expect(stage.broken()).toEqual([]);
	});

	it("given zero that is said while the rule is there, does not hold", async () => {
		const stage = await makeStage();

		stage.sayRolledBack();

		expect(stage.broken()).toEqual([
			expect.stringMatching(/while the recorded trial rule is there/),
			expect.stringMatching(/said to be confirmed; the rules give 5 %/),
		]);
	});

	it("given a moment of zero that was before its time, does not hold", async () => {
		const stage = await makeStage();

		stage.deleteTrial();
		stage.sayRolledBack(-500);

		expect(stage.broken()).toEqual([expect.stringMatching(/50[01] ms before it was configured/)]);
	});

	it("given a recorded rule that stays with nothing for the canary, does not hold: a late shift would move it", async () => {
		const stage = await makeStage();

		stage.setTrial(0);
		stage.sayRolledBack();

		expect(stage.broken()).toEqual([expect.stringMatching(/while the recorded trial rule is there/)]);
	});

	it("given a late rule that gives the canary something, does not hold for rules or users", async () => {
		const stage = await makeStage();

		stage.deleteTrial();
		stage.sayRolledBack();
		await stage.look(300);
		openLate(stage, 5);
		await stage.look(10);

		expect(stage.broken()).toEqual([
			expect.stringMatching(/the rules give the candidate 5 % after it was rolled back/),
			expect.stringMatching(/users still send the candidate 5 %/),
		]);
	});

	it("given rules that users do not follow, does not hold", async () => {
		const stage = await makeStage();

		stage.deleteTrial();
		stage.sayRolledBack();
		await stage.pass(2.2);
		stage.world.traffic.of("checkout").setShares(0.95, 0.05);
		await stage.look(5);

		expect(stage.broken()).toEqual([expect.stringMatching(/users still send the candidate 5 %/)]);
	});

	it("given a base rule that a person moves afterwards, holds", async () => {
		const stage = await makeStage();

		stage.deleteTrial();
		stage.sayRolledBack();
		stage.hands.add("rule-edited");
		stage.moveBase(100);
		await stage.look(60);

		expect(stage.broken()).toEqual([]);
	});

	it("given another service's rollback, is not about this one", async () => {
		const stage = await makeStage();

		stage.say({
			id: "said",
			kind: "rollout.rolled-back.v1",
			detail: {
				service: "search",
				rolloutId: "search-1",
				atEpochMs: 0,
				cause: "alarm",
				explanation: "red",
				triggeredAtEpochMs: 0,
				zeroConfirmedAtEpochMs: 0,
				counts: null,
			},
		});
		await stage.look(30);

		expect(stage.broken()).toEqual([]);
	});
});
