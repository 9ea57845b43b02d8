import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SlotName } from "../../../lib/domain/slot.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { rateOf } from "../../../simulator/world/rate.ts";
import { ServiceTraffic } from "../../../simulator/world/service-traffic.ts";
import { makeVersions, type VersionBehaviour } from "../../../simulator/world/versions.ts";

interface Options {
	readonly seed?: number;
	readonly outside?: number;
	readonly inCluster?: number;
	readonly podRequestsPerSecond?: number;
	readonly versions?: Readonly<Record<string, Partial<VersionBehaviour>>>;
}

/** Users of one service with ten ready pods in blue; green is empty. Time passes only when a test says so. */
const makeStage = (options: Options = {}) => {
	const time = { nowEpochMs: 0 };
	const versions = makeVersions();
	for (const [imageDigest, behaviour] of Object.entries(options.versions ?? {}))
		versions.define(imageDigest, behaviour);
	const traffic = new ServiceTraffic({
		service: "checkout",
		outside: rateOf(options.outside ?? 100),
		inCluster: rateOf(options.inCluster ?? 0),
		podRequestsPerSecond: options.podRequestsPerSecond ?? 1_000,
		stableSlot: "blue",
		versions,
		random: randomOf(options.seed ?? 1),
		nowEpochMs: () => time.nowEpochMs,
	});
	const run = (slot: SlotName, imageDigest: string, count = 10) => {
		traffic.setReady(
			slot,
			imageDigest,
			count === 0 ? [] : [{ imageDigest, configuration: {}, count, sinceEpochMs: time.nowEpochMs }],
		);
		traffic.setRotation(slot, { targets: count, dead: 0 });
	};
	const pass = (seconds: number) => {
		time.nowEpochMs += seconds * 1_000;
		traffic.advance();
	};
	run("blue", "a");
	traffic.setShares(1, 0);
	return { traffic, time, run, pass };
};

const perfect = { errorRatio: 0, slowRatio: 0 };

describe("requests of a service's users", () => {
	it("given any sequence of weights, pods and roles, every request sent is answered, failed or unrouted", () => {
		// A load balancer's weights are whole numbers up to 999.
		const share = fc.nat(999).map((weight) => weight / 999);
		const step = fc.oneof(
			fc.record({ kind: fc.constant("pass"), seconds: fc.double({ min: 0.001, max: 30, noNaN: true }) }),
			fc.record({ kind: fc.constant("shares"), blue: share, part: share }),
			fc.record({ kind: fc.constant("pods"), slot: fc.constantFrom("blue", "green"), count: fc.nat(5) }),
			fc.record({ kind: fc.constant("in-cluster"), slot: fc.constantFrom("blue", "green", null) }),
			fc.record({ kind: fc.constant("role"), slot: fc.constantFrom("blue", "green") }),
		);
		const property = fc.property(fc.integer(), fc.array(step, { maxLength: 40 }), (seed, steps) => {
			const { traffic, run, pass } = makeStage({ seed, inCluster: 20, podRequestsPerSecond: 30 });
			for (const next of steps) {
				if ("seconds" in next) pass(next.seconds);
				else if ("part" in next) traffic.setShares(next.blue, (1 - next.blue) * next.part);
				else if ("count" in next) run(next.slot as SlotName, next.slot === "blue" ? "a" : "b", next.count);
				else if (next.kind === "role") traffic.setStableSlot(next.slot as SlotName);
				else traffic.setInClusterSlot(next.slot as SlotName | null);
			}

			const { sent, unrouted, stable, canary, byDigest } = traffic.totals();

			const answered = stable.good + stable.bad + canary.good + canary.bad;
			let byRelease = 0;
			for (const { good, bad } of byDigest.values()) byRelease += good + bad;
			expect(answered + unrouted).toBe(sent);
			expect(byRelease).toBeLessThanOrEqual(answered);
			expect(Math.min(sent, unrouted, stable.good, stable.bad, canary.good, canary.bad)).toBeGreaterThanOrEqual(0);
		});

		fc.assert(property, { numRuns: 200, seed: 7 });
	});

	it("given weights that change, sends each slot its share of what came while they held", () => {
		const { traffic, run, pass } = makeStage({ versions: { a: perfect, b: perfect } });
		run("green", "b");

		traffic.setShares(0.95, 0.05);
		pass(1_000);
		traffic.setShares(0.5, 0.5);
		pass(1_000);

		const { sent, canary } = traffic.totals();
		expect(sent / 200_000).toBeCloseTo(1, 1);
		expect(canary.good / 55_000).toBeCloseTo(1, 1);
	});

	it("given a demand, says how many pods answer it at their limit, by slot and for all of it, and draws nothing", () => {
		const { traffic, pass } = makeStage({ outside: 100, inCluster: 20, podRequestsPerSecond: 10, seed: 5 });
		const unasked = makeStage({ outside: 100, inCluster: 20, podRequestsPerSecond: 10, seed: 5 });
		traffic.setShares(0.75, 0.25);
		traffic.setInClusterSlot("blue");
		unasked.traffic.setShares(0.75, 0.25);
		unasked.traffic.setInClusterSlot("blue");

		const asked = [traffic.fewestPods("blue"), traffic.fewestPods("green"), traffic.podsForEverything()];
		pass(100);
		unasked.pass(100);

		expect(asked).toEqual([10, 3, 12]);
		expect(traffic.totals()).toEqual(unasked.traffic.totals());
	});

	it("given a look in every second or one in the end, sends as much", () => {
		const often = makeStage({ seed: 3 });
		const seldom = makeStage({ seed: 4 });

		for (let second = 0; second < 2_000; second++) often.pass(1);
		seldom.pass(2_000);

		expect(often.traffic.totals().sent / 200_000).toBeCloseTo(1, 1);
		expect(seldom.traffic.totals().sent / 200_000).toBeCloseTo(1, 1);
	});

	it("given a slot without ready pods, fails every request to it and blames what should run there", () => {
		const { traffic, pass } = makeStage({ versions: { a: perfect } });
		traffic.setReady("green", "b", []);

		traffic.setShares(0.5, 0.5);
		pass(100);

		const { canary, stable, byDigest } = traffic.totals();
		expect(canary.good).toBe(0);
		expect(canary.bad).toBeGreaterThan(4_000);
		expect(stable.bad).toBe(0);
		expect(byDigest.get("b")).toMatchObject({ good: 0, bad: canary.bad });
	});

	it("given ready pods that the load balancer does not know yet, fails requests from outside but not from inside", () => {
		const { traffic, pass } = makeStage({ inCluster: 100, versions: { b: perfect } });
		traffic.setReady("green", "b", [{ imageDigest: "b", configuration: {}, count: 10, sinceEpochMs: 0 }]);
		traffic.setInClusterSlot("green");

		traffic.setShares(0, 1);
		pass(100);

		const { canary } = traffic.totals();
		expect(canary.good).toBeGreaterThan(9_500);
		expect(canary.bad).toBeGreaterThan(9_500);
	});

	it("given weights that name no slot, counts requests as unrouted", () => {
		const { traffic, pass } = makeStage();

		traffic.setShares(0, 0);
		pass(10);

		const { sent, unrouted } = traffic.totals();
		expect(unrouted).toBe(sent);
		expect(sent).toBeGreaterThan(900);
	});

	it("given twice the requests that the pods can answer, fails about half of them", () => {
		const { traffic, run, pass } = makeStage({ podRequestsPerSecond: 10, versions: { a: perfect } });
		run("blue", "a", 5);

		pass(1_000);

		const { stable } = traffic.totals();
		expect(stable.bad / (stable.good + stable.bad)).toBeCloseTo(0.5, 1);
	});

	it("given trouble in the first minute only, has errors then and none afterwards", () => {
		const cold = { ...perfect, extra: (seconds: number) => (seconds < 60 ? { errorRatio: 0.2 } : {}) };
		const { traffic, pass } = makeStage({ versions: { a: cold } });

		for (let second = 0; second < 60; second++) pass(1);
		const early = traffic.totals().stable.bad;
		for (let second = 0; second < 60; second++) pass(1);

		expect(early).toBeGreaterThan(1_000);
		expect(traffic.totals().stable.bad).toBe(early);
	});

	it("given trouble that fades to next to nothing, comes to an end", () => {
		const fading = { ...perfect, extra: (seconds: number) => ({ errorRatio: 0.2 * Math.exp(-seconds) }) };
		const { traffic, pass } = makeStage({ versions: { a: fading } });

		for (let second = 0; second < 600; second++) pass(1);

		expect(traffic.totals().stable.bad).toBeLessThan(60);
	});

	it("given a change of roles, counts the same slot as stable from then on", () => {
		const { traffic, run, pass } = makeStage();
		run("green", "b");
		traffic.setShares(0, 1);
		pass(10);
		const before = traffic.totals().canary.good;

		traffic.setStableSlot("green");
		pass(10);

		expect(before).toBeGreaterThan(900);
		expect(traffic.totals().canary.good).toBe(before);
	});

	it("given a weight of zero, says when the last request came", () => {
		const { traffic, time, run, pass } = makeStage();
		run("green", "b");
		traffic.setShares(0.5, 0.5);
		pass(10);
		const closedAtEpochMs = time.nowEpochMs;

		traffic.setShares(1, 0);
		pass(60);

		expect(traffic.lastRequestAtEpochMs("green")).toBeLessThanOrEqual(closedAtEpochMs);
		expect(traffic.lastRequestAtEpochMs("green")).toBeGreaterThan(closedAtEpochMs - 2_000);
		expect(traffic.lastRequestAtEpochMs("blue")).toBeGreaterThan(time.nowEpochMs - 2_000);
	});

	it("given more load, needs as many pods as hold it at 70 %", () => {
		const { traffic } = makeStage({ outside: 100, podRequestsPerSecond: 20 });
		const before = traffic.neededPods("blue");

		traffic.setRates({ outside: rateOf(280) });

		expect([before, traffic.neededPods("blue"), traffic.neededPods("green")]).toEqual([8, 20, 0]);
	});
});
