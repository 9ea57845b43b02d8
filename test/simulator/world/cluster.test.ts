import { describe, expect, it } from "vitest";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";
import { Cluster } from "../../../simulator/world/cluster.ts";
import type { ReadyPods } from "../../../simulator/world/deployment.ts";
import { healthyVersion, type VersionBehaviour } from "../../../simulator/world/versions.ts";

const key = "shop/shop/checkout-green";

/** A cluster in which images behave as the test says, with everything that became ready or went. */
const makeStage = (behaviours: Readonly<Record<string, Partial<VersionBehaviour>>> = {}, seed = 1) => {
	const clock = new VirtualClock(0);
	const pods = new Set<string>();
	const ready: (readonly ReadyPods[])[] = [];
	const load = { neededReplicas: 0 };
	const cluster = new Cluster({
		timers: clock,
		random: randomOf(seed),
		behaviourOf: (imageDigest) => ({ ...healthyVersion, ...behaviours[imageDigest] }),
		neededReplicas: () => load.neededReplicas,
		onPodReady: (_key, podId) => pods.add(podId),
		onPodGone: (_key, podId) => pods.delete(podId),
		onPodCrashed: (_key, podId) => pods.delete(podId),
		onPodFailing: () => {},
		onReadyChange: (_key, now) => ready.push(now),
		onServiceChange: () => {},
	});
	const pass = (seconds: number) => clock.run(clock.nowEpochMs() + seconds * 1_000);
	return { clock, cluster, pods, ready, load, pass };
};

const counts = (ready: readonly ReadyPods[] | undefined): number =>
	(ready ?? []).reduce((sum, { count }) => sum + count, 0);

describe("a Deployment", () => {
	it.each([1, 2, 3])("given seed %i, has a pod ready within 0.8 to 1.25 of its version's start", async (seed) => {
		const { cluster, pass } = makeStage({ a: { startSeconds: 100 } }, seed);
		const deployment = cluster.createDeployment(key, "a", 5);

		await pass(79);
		const early = deployment.readyReplicas;
		await pass(47);

		expect(early).toBe(0);
		expect(deployment.readyReplicas).toBe(1);
		expect(deployment.isSettled).toBe(true);
	});

	it("given a crash loop, wants pods and never has one ready", async () => {
		const { cluster, pods, pass } = makeStage({ a: { neverReady: true } });
		const deployment = cluster.createDeployment(key, "a", 5, 3);

		await pass(3_600);

		expect(deployment.replicas).toBe(3);
		expect(deployment.readyReplicas).toBe(0);
		expect(deployment.isSettled).toBe(false);
		expect(pods.size).toBe(0);
	});

	it("given another image, replaces pods without ever having fewer ready", async () => {
		const { cluster, ready, pass } = makeStage();
		const deployment = cluster.createDeployment(key, "a", 5, 4);
		await pass(60);
		ready.length = 0;

		cluster.patchDeployment(key, 5, { imageDigest: "b", epoch: 6 });
		const during = deployment.isSettled;
		await pass(60);

		expect(during).toBe(false);
		expect(Math.min(...ready.map(counts))).toBe(4);
		expect(deployment.ready).toMatchObject([{ imageDigest: "b", count: 4 }]);
		expect(deployment.isSettled).toBe(true);
	});

	it("given another image that never becomes ready, keeps the old pods", async () => {
		const { cluster, pass } = makeStage({ b: { neverReady: true } });
		const deployment = cluster.createDeployment(key, "a", 5, 4);
		await pass(60);

		cluster.patchDeployment(key, 5, { imageDigest: "b", epoch: 6 });
		await pass(600);

		expect(deployment.ready).toMatchObject([{ imageDigest: "a", count: 4 }]);
	});

	it("given fewer replicas, stops those that are not ready first", async () => {
		const { cluster, pods, pass } = makeStage();
		const deployment = cluster.createDeployment(key, "a", 5, 2);
		await pass(60);
		deployment.scale(6);

		deployment.scale(2);

		expect(deployment.readyReplicas).toBe(2);
		expect(pods.size).toBe(2);
	});

	it("given zero replicas and then more, starts cold again", async () => {
		const { clock, cluster, pass } = makeStage();
		const deployment = cluster.createDeployment(key, "a", 5);
		await pass(60);
		deployment.scale(0);
		await pass(60);
		const wokenAtEpochMs = clock.nowEpochMs();

		deployment.scale(1);
		await pass(60);

		expect(deployment.ready[0]?.sinceEpochMs).toBeGreaterThan(wokenAtEpochMs);
	});

	it.each([4, 6])("given a patch that tests epoch %i where the Deployment carries 5, changes nothing", (epoch) => {
		const { cluster } = makeStage();
		const deployment = cluster.createDeployment(key, "a", 5);

		const patch = () => cluster.patchDeployment(key, epoch, { replicas: 0 });

		expect(patch).toThrow(expect.objectContaining({ code: "Invalid" }));
		expect(deployment.replicas).toBe(1);
	});

	it("given a name that is taken, refuses to create", () => {
		const { cluster } = makeStage();
		cluster.createDeployment(key, "a", 5);

		expect(() => cluster.createDeployment(key, "b", 6)).toThrow(expect.objectContaining({ code: "Conflict" }));
	});
});

describe("an autoscaler", () => {
	const autoscaled = () => {
		const stage = makeStage();
		const deployment = stage.cluster.createDeployment(key, "a", 5);
		stage.cluster.createAutoscaler(key, { minReplicas: 1, maxReplicas: 8, epoch: 5 });
		return { ...stage, deployment };
	};

	it("given a higher lower bound, follows within one look", async () => {
		const { cluster, deployment, pass } = autoscaled();

		cluster.patchAutoscaler(key, 5, { minReplicas: 4 });
		const atOnce = deployment.replicas;
		await pass(15);

		expect(atOnce).toBe(1);
		expect(deployment.replicas).toBe(4);
	});

	it("given more load than its upper bound allows, stops there", async () => {
		const { deployment, load, pass } = autoscaled();

		load.neededReplicas = 50;
		await pass(15);

		expect(deployment.replicas).toBe(8);
	});

	it("given less load, goes down only after five minutes", async () => {
		const { deployment, load, pass } = autoscaled();
		load.neededReplicas = 6;
		await pass(15);

		load.neededReplicas = 2;
		await pass(285);
		const before = deployment.replicas;
		await pass(45);

		expect(before).toBe(6);
		expect(deployment.replicas).toBe(2);
	});

	it("given a Deployment at zero, rests, whatever the load", async () => {
		const { cluster, deployment, load, pass } = autoscaled();
		load.neededReplicas = 6;

		cluster.patchDeployment(key, 5, { replicas: 0 });
		await pass(600);

		expect(deployment.replicas).toBe(0);
	});

	it.each([
		[0, 8],
		[9, 8],
	])("given bounds of %i to %i, refuses", (minReplicas, maxReplicas) => {
		const { cluster } = autoscaled();

		const patch = () => cluster.patchAutoscaler(key, 5, { minReplicas, maxReplicas });

		expect(patch).toThrow(expect.objectContaining({ code: "Invalid" }));
	});
});

describe("an in-cluster Service", () => {
	it("given a patch that tests an older version, changes nothing", () => {
		const { cluster } = makeStage();
		cluster.putService("shop/shop/checkout", "blue", 0);
		const read = cluster.service("shop/shop/checkout")?.resourceVersion ?? 0;
		cluster.putService("shop/shop/checkout", "blue", 3);

		const patch = () => cluster.patchService("shop/shop/checkout", read, "green", 2);

		expect(patch).toThrow(expect.objectContaining({ code: "Invalid" }));
		expect(cluster.service("shop/shop/checkout")).toMatchObject({ slot: "blue", epoch: 3 });
	});
});

describe("two autoscalers that mean the same pods", () => {
	const users = "shop/shop/checkout";
	const bounds = { minReplicas: 2, maxReplicas: 20, epoch: null };

	it("given both at work, lets neither follow the load; bounds hold", async () => {
		const { cluster, load, pass } = makeStage();
		for (const one of [users, key]) {
			cluster.createDeployment(one, "a", 5, 4);
			cluster.createAutoscaler(one, bounds);
		}
		load.neededReplicas = 4;
		await pass(60);
		load.neededReplicas = 9;
		await pass(60);

		expect([users, key].map((one) => cluster.deployment(one)?.replicas)).toEqual([4, 4]);
		expect([users, key].map((one) => cluster.autoscaler(one)?.isAmbiguous)).toEqual([true, true]);

		for (const one of [users, key]) cluster.removeAutoscaler(one);
		cluster.createAutoscaler(users, bounds);
		cluster.createAutoscaler(key, { ...bounds, minReplicas: 6 });
		await pass(60);
		expect(cluster.deployment(key)?.replicas).toBe(6);
	});

	it("given the user's at rest, remembers it until it is deleted; created again at rest, it is not in the way", async () => {
		const { cluster, load, pass } = makeStage();
		for (const one of [users, key]) {
			cluster.createDeployment(one, "a", 5, 4);
			cluster.createAutoscaler(one, bounds);
		}
		load.neededReplicas = 4;
		await pass(60);
		cluster.deployment(users)?.scale(0);
		load.neededReplicas = 9;
		await pass(600);
		expect(cluster.deployment(key)?.replicas).toBe(4);

		cluster.recreateAutoscaler(users);
		await pass(60);

		expect(cluster.deployment(key)?.replicas).toBe(9);
		expect(cluster.autoscaler(key)?.isAmbiguous).toBe(false);
	});

	it("given both slots, which share no pod, lets each follow the load", async () => {
		const { cluster, load, pass } = makeStage();
		for (const one of ["shop/shop/checkout-blue", key]) {
			cluster.createDeployment(one, "a", 5, 4);
			cluster.createAutoscaler(one, bounds);
		}
		load.neededReplicas = 9;
		await pass(60);

		expect(cluster.deployment(key)?.replicas).toBe(9);
	});
});
