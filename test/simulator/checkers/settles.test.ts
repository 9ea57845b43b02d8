import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { settles } from "../../../simulator/checkers/settles.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { candidateDigest, checkedStage } from "./checked-stage.ts";

const workload = { ...contractDefinition().workload, inClusterService: "checkout" };

const makeStage = () => {
	const stage = checkedStage(settles, { definition: { workload } });
	const { world, definition } = stage;
	const { route } = definition;
	const slot = (name: "blue" | "green") => objectKey(workload, `${workload.deployment}-${name}`);
	return {
		...stage,
		slot,
		base: () => world.loadBalancer.ruleAt(route.listenerArn, route.basePriority),
		/** The candidate takes over, as after a closing; or is said to be rolled back meanwhile. */
		takeOver: async (outcome: "promoted" | "rolled-back") => {
			const { blue, green } = route.targetGroupArns;
			world.cluster.createDeployment(slot("green"), candidateDigest, 1, 4);
			const base = world.loadBalancer.ruleAt(route.listenerArn, route.basePriority);
			world.loadBalancer.modifyRule(base?.ruleArn ?? "", { [blue]: 0, [green]: 100 });
			world.cluster.patchDeployment(slot("blue"), 0, { replicas: 0 });
			world.cluster.putService(objectKey(workload, "checkout"), "green", 1);
			stage.begin();
			if (outcome === "rolled-back") stage.write({ phase: "rolling-back" });
			else stage.write({ phase: "closing", stableSlot: "green", stableRelease: releaseOf(candidateDigest) });
			stage.write({ phase: "idle" }, ["rolloutId", "release"]);
			await stage.pass(60);
		},
	};
};

describe("afterwards", () => {
	it("given nothing that happened, the stable version serves and all agree", () => {
		expect(makeStage().broken()).toEqual([]);
	});

	it("given a promotion, the candidate serves and all agree", async () => {
		const stage = makeStage();

		await stage.takeOver("promoted");

		expect(stage.broken()).toEqual([]);
	});

	it("given a promotion and then another release that is rolled back, the first serves and all agree", async () => {
		const stage = makeStage();

		await stage.takeOver("promoted");
		stage.begin(2, `sha256:${"d".repeat(64)}`);
		stage.write({ phase: "rolling-back" });
		stage.write({ phase: "idle" }, ["rolloutId", "release"]);

		expect(stage.broken()).toEqual([]);
	});

	it("given a rollback after which the candidate serves, does not hold", async () => {
		const stage = makeStage();

		await stage.takeOver("rolled-back");

		expect(stage.broken()).toEqual([
			expect.stringMatching(/Slot green serves .*; allowed is/),
			expect.stringMatching(/The record does not say that green serves/),
		]);
	});

	it("given a record that is left busy, does not hold", () => {
		const stage = makeStage();

		stage.begin();

		expect(stage.broken()).toEqual(["The record says preparing; allowed is idle."]);
	});

	it("given requests that go to both slots, says only that", () => {
		const stage = makeStage();
		const { blue, green } = stage.definition.route.targetGroupArns;

		stage.world.loadBalancer.modifyRule(stage.base()?.ruleArn ?? "", { [blue]: 95, [green]: 5 });

		expect(stage.broken()).toEqual(["The base rule sends requests to 2 slots."]);
	});

	it("given a trial rule, pods and in-cluster callers that are left, says each", async () => {
		const stage = makeStage();
		const { cluster, loadBalancer } = stage.world;
		const { listenerArn, trialPriority, targetGroupArns } = stage.definition.route;
		const { conditions } = stage.base() ?? { conditions: [] };

		const weights = { [targetGroupArns.blue]: 95, [targetGroupArns.green]: 5 };
		loadBalancer.createRule(listenerArn, { priority: trialPriority, conditions, weights, tags: {} });
		cluster.createDeployment(stage.slot("green"), candidateDigest, 1, 2);
		cluster.putService(objectKey(workload, "checkout"), "green", 1);
		await stage.pass(5);

		expect(stage.broken()).toEqual([
			"The trial rule is still there.",
			expect.stringMatching(/Users follow .*; allowed is blue for all/),
			"2 pods are left in slot green.",
			"Callers in the cluster reach slot green; others reach blue.",
		]);
	});

	it("given a slot without a pod that is ready, does not hold", () => {
		const stage = makeStage();

		stage.world.cluster.patchDeployment(stage.slot("blue"), 0, { replicas: 0 });

		expect(stage.broken()).toEqual(["Slot blue serves everything without a ready pod."]);
	});
});
