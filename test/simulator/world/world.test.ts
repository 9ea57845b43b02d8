import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import { createMetricStore } from "../../../simulator/alarms/metric-store.ts";
import { fakeTrafficRouter } from "../../../simulator/fakes/traffic-router.ts";
import { fakeWorkloads } from "../../../simulator/fakes/workloads.ts";
import { dailyRate } from "../../../simulator/world/rate.ts";
import { digestOf, makeStage, type Stage, startEpochMs } from "../fakes/stage.ts";

const custom = {
	measurements: { kind: "custom-metrics", namespace: "Shop", periodSeconds: 10, slowerThanMs: 3_000 },
} as const;

/** Brings a canary up in green and opens its trial, as a rollout would. */
const openTrial = async (stage: Stage, canaryDigest: string) => {
	const { world, caller, definition } = stage;
	const workloads = fakeWorkloads(world, caller);
	const router = fakeTrafficRouter(world, caller, definition.environment);
	await workloads.deploy(definition.workload, "green", releaseOf(canaryDigest), 1);
	await workloads.hold(definition.workload, "green", 4, 1);
	const { trialRuleArn } = await router.open(definition.route, "checkout-1", "blue");
	await stage.pass(90);
	const shift = (green: number) => router.shift(definition.route, trialRuleArn, { blue: 100 - green, green });
	return { router, workloads, trialRuleArn, shift };
};

describe("an enrolled service", () => {
	it("given enrolment, serves all users from blue at once, and has had its state written", () => {
		const stage = makeStage();
		stage.enrol();

		const { world, definition } = stage;

		expect(world.table.get("checkout")).toMatchObject({ phase: "idle", stableSlot: "blue", epoch: 0 });
		expect(world.targetGroups.states(definition.route.targetGroupArns.blue)).toEqual(Array(4).fill("healthy"));
		expect(world.traffic.of("checkout").shares).toEqual([{ atEpochMs: startEpochMs, blue: 1, green: 0 }]);
		expect(world.registry.describeImages("shop/checkout")).toHaveLength(1);
	});

	it("given an hour without a rollout, loses no request but for the version's own errors", async () => {
		const stage = makeStage();
		stage.enrol({ version: { errorRatio: 0, slowRatio: 0 } });

		await stage.pass(3_600);

		const { sent, stable, unrouted } = stage.world.traffic.of("checkout").totals();
		expect(sent).toBeGreaterThan(350_000);
		expect([stable.bad, unrouted]).toEqual([0, 0]);
		expect(stable.good).toBe(sent);
	});

	it("given a day's traffic, scales up before its peak and fails nobody", async () => {
		const stage = makeStage();
		stage.enrol({
			requestsPerSecond: dailyRate(100, 0.8),
			podRequestsPerSecond: 50,
			version: { errorRatio: 0, slowRatio: 0 },
		});

		await stage.pass(86_400);

		expect(stage.world.traffic.of("checkout").totals().stable.bad).toBe(0);
		const buckets = stage.world.traffic.of("checkout").buckets("blue");
		expect(Math.max(...buckets.map(({ requests }) => requests))).toBeGreaterThan(1_600);
		expect(Math.min(...buckets.map(({ requests }) => requests))).toBeLessThan(400);
	});
});

describe("a trial in the world", () => {
	it("given a healthy canary, exposes users step by step and harms none", async () => {
		const stage = makeStage();
		stage.enrol({ version: { errorRatio: 0 } });
		stage.world.versions.define(digestOf("b"), { errorRatio: 0 });
		const { shift } = await openTrial(stage, digestOf("b"));

		for (const weight of [5, 25, 50, 100]) {
			await shift(weight);
			await stage.pass(60);
		}

		const { stable, canary, unrouted } = stage.world.traffic.of("checkout").totals();
		expect([stable.bad, canary.bad, unrouted]).toEqual([0, 0, 0]);
		expect(canary.good).toBeGreaterThan(60 * 100);
		expect(stage.world.traffic.of("checkout").shares.map(({ green }) => green)).toEqual([0, 0.05, 0.25, 0.5, 1]);
	});

	it("given a bad canary and a deleted trial rule, harms nobody two seconds later, whatever comes late", async () => {
		const stage = makeStage();
		stage.enrol();
		stage.world.versions.define(digestOf("b"), { errorRatio: 0.3 });
		const { router, trialRuleArn, shift } = await openTrial(stage, digestOf("b"));
		await shift(50);
		await stage.pass(30);

		await router.abandon(trialRuleArn);
		await stage.pass(2);
		const harmed = stage.world.traffic.of("checkout").totals().canary.bad;
		await expect(shift(100)).rejects.toThrow("is gone");
		await stage.pass(300);

		expect(harmed).toBeGreaterThan(300);
		expect(stage.world.traffic.of("checkout").totals().canary.bad).toBe(harmed);
	});

	it("given weight on a canary that never becomes ready, fails those users", async () => {
		const stage = makeStage();
		stage.enrol();
		stage.world.versions.define(digestOf("b"), { neverReady: true });
		const { shift } = await openTrial(stage, digestOf("b"));

		await shift(50);
		await stage.pass(30);

		const { canary } = stage.world.traffic.of("checkout").totals();
		expect(canary.good).toBe(0);
		expect(canary.bad).toBeGreaterThan(1_000);
	});

	it("given a new target group at weight 0, has its health known before the first request", async () => {
		const stage = makeStage();
		stage.enrol();
		await openTrial(stage, digestOf("b"));

		const states = stage.world.targetGroups.states(stage.definition.route.targetGroupArns.green);

		expect(states).toEqual(Array(4).fill("healthy"));
		expect(stage.world.traffic.of("checkout").lastRequestAtEpochMs("green")).toBeNull();
	});

	it("given a state that names another stable slot, counts that slot's answers as stable's", async () => {
		const stage = makeStage();
		stage.enrol();
		const { shift } = await openTrial(stage, digestOf("b"));
		await shift(100);
		await stage.pass(60);
		const before = stage.world.traffic.of("checkout").totals().canary.good;

		stage.world.table.update("checkout", { condition: {}, set: { stableSlot: "green" } });
		await stage.pass(60);

		expect(stage.world.traffic.of("checkout").totals().canary.good).toBe(before);
	});
});

describe("metrics of the world", () => {
	const orders = { namespace: "Shop", name: "OrdersFailed", dimensions: { Service: "checkout" } };

	it("given a version with a business metric, publishes its sum bucket by bucket", async () => {
		const metrics = createMetricStore();
		const stage = makeStage({ metrics }, custom);
		stage.enrol({ version: { customMetrics: [{ ...orders, perRequest: 0.02 }] } });

		await stage.pass(63);

		const sums = [0, 1, 2, 3, 4, 5].map((index) => metrics.read(orders, "Sum", startEpochMs + index * 10_000, 10));
		expect(sums.every((sum) => sum !== null && sum > 0 && sum < 80)).toBe(true);
	});

	it("given requests that no pod answered, publishes nothing about them: nobody was there to count", async () => {
		const metrics = createMetricStore();
		const stage = makeStage({ metrics }, custom);
		stage.enrol();
		stage.world.versions.define(digestOf("b"), { neverReady: true });
		const { shift } = await openTrial(stage, digestOf("b"));

		await shift(50);
		await stage.pass(60);

		const requests = (slot: string) =>
			metrics.read(
				{ namespace: "Shop", name: "Requests", dimensions: { Service: "checkout", Slot: slot } },
				"Sum",
				startEpochMs,
				300,
			);
		expect(requests("green")).toBeNull();
		expect(requests("blue")).toBeGreaterThan(0);
	});
});

describe("determinism of the world", () => {
	const story = async (seed: number) => {
		const stage = makeStage({}, custom, seed);
		stage.enrol();
		const { shift } = await openTrial(stage, digestOf("b"));
		await shift(25);
		await stage.pass(120);
		const traffic = stage.world.traffic.of("checkout");
		return JSON.stringify([traffic.totals(), traffic.shares, traffic.buckets("blue"), traffic.buckets("green")]);
	};

	it("given the same seed, tells the same story to the last request; given another, another one", async () => {
		const [first, again, other] = [await story(1), await story(1), await story(2)];

		expect(again).toBe(first);
		expect(other).not.toBe(first);
	});
});
