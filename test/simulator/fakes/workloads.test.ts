import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { fakeWorkloads } from "../../../simulator/fakes/workloads.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { Cluster, objectKey } from "../../../simulator/world/cluster.ts";
import { healthyVersion } from "../../../simulator/world/versions.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { workloadsContract } from "../../contracts/workloads.contract.ts";
import { digestOf, makeStage } from "./stage.ts";

const target = { ...contractDefinition().workload, inClusterService: "checkout" };
const userReplicas = { min: 2, max: 8 };

/** A cluster in which a test says how much load there is. */
const makeSetup = async () => {
	const { clock, world, caller } = makeStage();
	const needed = new Map<string, number>();
	const cluster = new Cluster({
		timers: clock,
		random: randomOf(7),
		behaviourOf: () => healthyVersion,
		neededReplicas: (key) => needed.get(key) ?? 0,
		onPodReady: () => {},
		onPodGone: () => {},
		onPodCrashed: () => {},
		onPodFailing: () => {},
		onReadyChange: () => {},
		onServiceChange: () => {},
	});
	const template = objectKey(target, target.deployment);
	cluster.createDeployment(template, digestOf("0"), null, 0);
	cluster.createAutoscaler(template, {
		minReplicas: userReplicas.min,
		maxReplicas: userReplicas.max,
		epoch: null,
	});
	cluster.putService(objectKey(target, target.inClusterService), null, null);
	const pass = (seconds: number) => clock.run(clock.nowEpochMs() + seconds * 1_000);
	return {
		workloads: fakeWorkloads({ cluster, arns: world.arns }, caller),
		target,
		userReplicas,
		want: async (slot: string, replicas: number) => {
			const key = objectKey(target, `${target.deployment}-${slot}`);
			needed.set(key, replicas);
			// Until the autoscaler has looked once more, and no pod can have started.
			while (cluster.autoscaler(key)?.desiredReplicas !== replicas) await pass(1);
		},
		settle: async () => {
			await pass(60);
		},
		breakDown: async () => caller.silence(),
		cluster,
		caller,
	};
};

workloadsContract("fakeWorkloads", makeSetup);

describe("fakeWorkloads makes the calls of the real adapter", () => {
	const release = releaseOf(digestOf("b"), "v2");

	it("given a fresh slot, asks for the cluster once, reads the template and creates the Deployment last", async () => {
		const { workloads, caller } = await makeSetup();

		await workloads.deploy(target, "green", release, 5);

		expect(caller.operations).toEqual([
			"eks:DescribeCluster",
			"kubernetes:get:deployments",
			"kubernetes:list:horizontalpodautoscalers",
			"kubernetes:get:horizontalpodautoscalers",
			"kubernetes:create:horizontalpodautoscalers",
			"kubernetes:get:deployments",
			"kubernetes:create:deployments",
		]);
		expect(new Set(caller.calls.map(({ resource }) => resource))).toEqual(
			new Set(["arn:aws:eks:eu-central-1:111122223333:cluster/shop"]),
		);
	});

	it("given an older epoch, needs a look to tell a failed test from a bad request", async () => {
		const { workloads, caller } = await makeSetup();
		await workloads.deploy(target, "green", release, 5);
		caller.calls.length = 0;

		await workloads.retire(target, "green", 4).catch(() => {});

		expect(caller.operations).toEqual(["kubernetes:patch:deployments", "kubernetes:get:deployments"]);
	});

	it("given that the cluster could not be described, asks anew", async () => {
		const { workloads, caller } = await makeSetup();
		caller.failNext({ matches: (operation) => operation === "eks:DescribeCluster", moment: "before-effect" });
		await workloads.read(target, "green").catch(() => {});
		caller.calls.length = 0;

		await workloads.read(target, "green");

		expect(caller.operations[0]).toBe("eks:DescribeCluster");
	});
});

describe("fakeWorkloads on a busy cluster", () => {
	it("given a newer deploy between its look and its write, loses to it", async () => {
		const { workloads, caller, cluster } = await makeSetup();
		await workloads.deploy(target, "green", releaseOf(digestOf("b")), 5);
		const key = objectKey(target, "checkout-green");
		const overtaken = fakeWorkloads(
			{ cluster, arns: makeStage().world.arns },
			{
				...caller,
				call: (call, effect) => {
					if (call.operation === "kubernetes:patch:deployments") {
						cluster.patchDeployment(key, 5, { imageDigest: digestOf("c"), epoch: 8 });
					}
					return caller.call(call, effect);
				},
			},
		);

		const late = overtaken.deploy(target, "green", releaseOf(digestOf("d")), 7);

		await expect(late).rejects.toThrow("carries epoch 8");
		expect(cluster.deployment(key)?.imageDigest).toBe(digestOf("c"));
	});
});
