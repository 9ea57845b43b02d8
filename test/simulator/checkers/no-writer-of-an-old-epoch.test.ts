import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { weightsFor } from "../../../lib/domain/slot.ts";
import { noWriterOfAnOldEpoch } from "../../../simulator/checkers/no-writer-of-an-old-epoch.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { candidateDigest, checkedStage } from "./checked-stage.ts";

const makeStage = () => {
	const stage = checkedStage(noWriterOfAnOldEpoch);
	const { world, definition, call } = stage;
	const { route, workload } = definition;
	const weights = (canaryPercent: number) => {
		const { blue, green } = weightsFor("blue", canaryPercent);
		return { [route.targetGroupArns.blue]: blue, [route.targetGroupArns.green]: green };
	};
	return {
		...stage,
		slot: (name: "blue" | "green") => objectKey(workload, `${workload.deployment}-${name}`),
		/** Opens the trial rule of a rollout at a weight. */
		open: (rolloutId: string, canaryPercent = 0, entry = "functions/open-trial") => {
			let ruleArn = "";
			call(entry, "elasticloadbalancing:CreateRule", () => {
				const { conditions } = world.loadBalancer.ruleAt(route.listenerArn, route.basePriority) ?? { conditions: [] };
				const tags = { "sluice:rollout": rolloutId };
				const rule = { priority: route.trialPriority, conditions, weights: weights(canaryPercent), tags };
				ruleArn = world.loadBalancer.createRule(route.listenerArn, rule).ruleArn;
			});
			return ruleArn;
		},
		shift: (ruleArn: string, canaryPercent: number) =>
			call("functions/shift-traffic", "elasticloadbalancing:ModifyRule", () =>
				world.loadBalancer.modifyRule(ruleArn, weights(canaryPercent)),
			),
		close: (ruleArn: string) =>
			call("functions/roll-back", "elasticloadbalancing:DeleteRule", () => world.loadBalancer.deleteRule(ruleArn)),
		/** Points the base rule at the canary. */
		moveBase: (entry: string) =>
			call(entry, "elasticloadbalancing:ModifyRule", () => {
				const base = world.loadBalancer.ruleAt(route.listenerArn, route.basePriority);
				world.loadBalancer.modifyRule(base?.ruleArn ?? "", weights(100));
			}),
	};
};

describe("no writer acts on an old epoch", () => {
	it("given a rollout that goes back with a shift still under way, holds", () => {
		const stage = makeStage();

		stage.begin();
		stage.call(
			"functions/prepare-canary",
			"kubernetes:create:deployments",
			() => void stage.world.cluster.createDeployment(stage.slot("green"), candidateDigest, 1),
		);
		const ruleArn = stage.open("checkout-1");
		stage.write({ phase: "trial", weightPercent: 5 });
		stage.write({ phase: "rolling-back", epoch: 2 });
		stage.shift(ruleArn, 5);
		stage.close(ruleArn);
		stage.write({ phase: "idle" }, ["rolloutId", "release"]);

		expect(stage.broken()).toEqual([]);
	});

	it("given roles that change while closing, holds", () => {
		const stage = makeStage();

		stage.begin();
		stage.write({ phase: "trial" });
		stage.write({ phase: "window" });
		stage.write({ phase: "closing", epoch: 2 });
		stage.write({ stableSlot: "green", stableRelease: releaseOf(candidateDigest) });
		stage.write({ phase: "idle" }, ["rolloutId", "release"]);

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		["an epoch on record that falls", { epoch: 0 }, /lowered the record's epoch from 1 to 0/],
		["roles that change in a trial", { stableSlot: "green" }, /changed roles while preparing/],
		["a rollback that leaves the epoch", { phase: "rolling-back" }, /left checkout-1 its right to write/],
		["a window without a trial", { phase: "window" }, /moved the record from preparing to window/],
	] as const)("given %s, does not hold", (_, change, sentence) => {
		const stage = makeStage();

		stage.begin();
		stage.write(change);

		expect(stage.broken()).toEqual([expect.stringMatching(sentence)]);
	});

	it("given the same by hand, says nothing", () => {
		const stage = makeStage();

		stage.begin();
		stage.hands.add("record-edited");
		stage.edit({ epoch: 0, stableSlot: "green", phase: "window" });

		expect(stage.broken()).toEqual([]);
	});

	it("given an epoch on a slot that is above the record's, does not hold", () => {
		const stage = makeStage();

		stage.begin();
		stage.call(
			"functions/prepare-canary",
			"kubernetes:create:deployments",
			() => void stage.world.cluster.createDeployment(stage.slot("green"), candidateDigest, 2),
		);

		expect(stage.broken()).toEqual([expect.stringMatching(/wrote epoch 2 on Deployment .*, and the record is at 1/)]);
	});

	it("given an epoch on an autoscaler that falls, does not hold", () => {
		const stage = makeStage();
		const bounds = { minReplicas: 1, maxReplicas: 4 };
		const { cluster } = stage.world;

		stage.begin();
		stage.call("functions/prepare-canary", "kubernetes:patch:horizontalpodautoscalers", () =>
			cluster.patchAutoscaler(stage.slot("blue"), 0, { ...bounds, epoch: 1 }),
		);
		stage.call("functions/prepare-canary", "kubernetes:patch:horizontalpodautoscalers", () =>
			cluster.patchAutoscaler(stage.slot("blue"), 1, { ...bounds, epoch: 0 }),
		);

		expect(stage.broken()).toEqual([expect.stringMatching(/lowered the epoch of autoscaler .* from 1 to 0/)]);
	});

	it("given a trial rule of another rollout with a weight, and one that is left, says both", () => {
		const stage = makeStage();

		stage.begin();
		stage.open("checkout-0", 5);

		expect(stage.broken()).toEqual([
			expect.stringMatching(/checkout-0 gives the canary 5 %, and the record says checkout-1/),
			expect.stringMatching(/the trial rule of checkout-0 is still there/),
		]);
	});

	it("given a base rule that the rollout moves after its trial rule was taken away, does not hold", () => {
		const stage = makeStage();

		stage.begin();
		const ruleArn = stage.open("checkout-1");
		stage.write({ phase: "rolling-back", epoch: 2 });
		stage.close(ruleArn);
		stage.moveBase("functions/close-rollout");

		expect(stage.broken()).toEqual([
			expect.stringMatching(/functions\/close-rollout raised the canary from 0 to 100 % while rolling-back/),
		]);
	});

	it("given a slot that is scaled up while idle, does not hold", () => {
		const stage = makeStage();

		stage.call("functions/prepare-canary", "kubernetes:patch:deployments", () =>
			stage.world.cluster.patchDeployment(stage.slot("blue"), 0, { replicas: 9 }),
		);

		expect(stage.broken()).toEqual([expect.stringMatching(/scaled the slots from 4 to 9 pods while idle/)]);
	});
});
