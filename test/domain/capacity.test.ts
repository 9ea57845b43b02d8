import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planTrialCapacity, planWindowCapacity, podsForWeight, type SlotCapacity } from "../../lib/domain/capacity.ts";

const slot = (fields: Partial<SlotCapacity> = {}): SlotCapacity => ({
	wantedReplicas: 0,
	readyReplicas: 0,
	minReplicas: 0,
	healthyTargets: 0,
	...fields,
});

const replicas = fc.nat({ max: 5_000 });
const weight = fc.integer({ min: 0, max: 100 });
const anySlot = fc.record({
	wantedReplicas: replicas,
	readyReplicas: replicas,
	minReplicas: replicas,
	healthyTargets: replicas,
});
const seeded = { seed: 20 };

describe("podsForWeight", () => {
	it.each([
		[10, 5, 1],
		[10, 10, 1],
		[10, 11, 2],
		[10, 25, 3],
		[10, 50, 5],
		[10, 100, 10],
		[0, 100, 1],
		[100, 0, 1],
		[3, 100, 3],
	])("given %i pods at weight %i, needs %i", (fullReplicas, weightPercent, pods) => {
		expect(podsForWeight(fullReplicas, weightPercent)).toBe(pods);
	});

	it("given any number of pods, never needs fewer for a larger weight or for more pods", () => {
		fc.assert(
			fc.property(replicas, replicas, weight, weight, (pods, morePods, someWeight, moreWeight) => {
				const needed = podsForWeight(pods, someWeight);

				expect(podsForWeight(pods, Math.max(someWeight, moreWeight))).toBeGreaterThanOrEqual(needed);
				expect(podsForWeight(Math.max(pods, morePods), someWeight)).toBeGreaterThanOrEqual(needed);
			}),
			seeded,
		);
	});

	it("given any weight, the pods carry it and one fewer would not", () => {
		fc.assert(
			fc.property(replicas, weight, (fullReplicas, weightPercent) => {
				const needed = podsForWeight(fullReplicas, weightPercent);

				expect(needed * 100).toBeGreaterThanOrEqual(fullReplicas * weightPercent);
				expect(needed === 1 || (needed - 1) * 100 < fullReplicas * weightPercent).toBe(true);
			}),
			seeded,
		);
	});
});

describe("planTrialCapacity", () => {
	it.each([
		["what its autoscaler wants", { wantedReplicas: 12, readyReplicas: 8, minReplicas: 2 }],
		["what it runs", { wantedReplicas: 8, readyReplicas: 12, minReplicas: 2 }],
		["what its autoscaler may not go below", { wantedReplicas: 8, readyReplicas: 8, minReplicas: 12 }],
	])("given stable, N is %s where that is the largest", (_, stable) => {
		const plan = planTrialCapacity(slot(stable), slot(), 50);

		expect(plan).toMatchObject({ stableMinReplicas: 12, canaryMinReplicas: 6 });
	});

	it("given a canary that holds more already, does not take it back", () => {
		const plan = planTrialCapacity(slot({ readyReplicas: 10 }), slot({ minReplicas: 9 }), 25);

		expect(plan.canaryMinReplicas).toBe(9);
	});

	it("given enough pods ready and healthy, misses nothing, whatever stable looks like", () => {
		const stable = slot({ wantedReplicas: 10 });
		const canary = slot({ readyReplicas: 3, healthyTargets: 3 });

		expect(planTrialCapacity(stable, canary, 25).missing).toStrictEqual([]);
	});

	it("given too few pods ready or healthy, says which and how many", () => {
		const stable = slot({ readyReplicas: 10 });

		expect(planTrialCapacity(stable, slot({ readyReplicas: 2, healthyTargets: 1 }), 25).missing).toStrictEqual([
			"canary has 2 of 3 pods ready",
			"canary has 1 of 3 targets healthy in its target group",
		]);
		expect(planTrialCapacity(stable, slot({ readyReplicas: 3, healthyTargets: 2 }), 25).missing).toStrictEqual([
			"canary has 2 of 3 targets healthy in its target group",
		]);
		const still = slot({ readyReplicas: 2, healthyTargets: 3, isScalingAmbiguous: true });
		expect(planTrialCapacity(stable, still, 25).missing).toStrictEqual([
			"canary has 2 of 3 pods ready",
			"the autoscaler of canary does not follow the load (AmbiguousSelector)",
		]);
		expect(planTrialCapacity(stable, slot({ readyReplicas: 2, healthyTargets: 3 }), 25).missing).toStrictEqual([
			"canary has 2 of 3 pods ready",
		]);
	});

	it("given any slots, stable keeps all it runs and all it wants, and its minimum only rises", () => {
		fc.assert(
			fc.property(anySlot, anySlot, weight, (stable, canary, weightPercent) => {
				const plan = planTrialCapacity(stable, canary, weightPercent);

				const least = Math.max(stable.readyReplicas, stable.wantedReplicas, stable.minReplicas);
				expect(plan.stableMinReplicas).toBeGreaterThanOrEqual(least);
				expect(plan.canaryMinReplicas).toBeGreaterThanOrEqual(canary.minReplicas);
			}),
			seeded,
		);
	});

	it("given any slots, a larger weight never needs less of the canary", () => {
		fc.assert(
			fc.property(anySlot, anySlot, weight, weight, (stable, canary, one, other) => {
				const less = planTrialCapacity(stable, canary, Math.min(one, other));
				const more = planTrialCapacity(stable, canary, Math.max(one, other));

				expect(more.canaryMinReplicas).toBeGreaterThanOrEqual(less.canaryMinReplicas);
				expect(more.missing.length).toBeGreaterThanOrEqual(less.missing.length);
			}),
			seeded,
		);
	});
});

describe("planTrialCapacity, while users become more", () => {
	const stable = slot({ wantedReplicas: 10, readyReplicas: 10, minReplicas: 10, healthyTargets: 10 });

	it.each([
		[50, 13, 25],
		[50, 5, 10],
		[100, 14, 14],
		[49, 13, 10],
		[5, 2, 10],
	])("given a canary at %i %% that wants %i pods, stable keeps %i", (weightPercent, wantedReplicas, expected) => {
		const plan = planTrialCapacity(stable, slot({ wantedReplicas }), weightPercent);

		expect(plan.stableMinReplicas).toBe(expected);
	});

	it("given any service and nobody new, plans the same however often it is asked", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 100 }), (pods, weightPercent) => {
				let held = slot({ wantedReplicas: pods, readyReplicas: pods, minReplicas: pods, healthyTargets: pods });
				let canary = slot();

				for (let look = 0; look < 5; look++) {
					const plan = planTrialCapacity(held, canary, weightPercent);
					held = { ...held, wantedReplicas: plan.stableMinReplicas, minReplicas: plan.stableMinReplicas };
					canary = { ...canary, wantedReplicas: plan.canaryMinReplicas, minReplicas: plan.canaryMinReplicas };
				}

				expect(held.minReplicas).toBe(pods);
			}),
			seeded,
		);
	});
});

describe("planWindowCapacity", () => {
	it.each([
		["wants", { wantedReplicas: 15, readyReplicas: 12 }],
		["runs", { wantedReplicas: 12, readyReplicas: 15 }],
	])("given a serving slot, the other one follows up to what it %s", (_, canary) => {
		const stable = slot({ minReplicas: 10, readyReplicas: 15, healthyTargets: 15 });

		expect(planWindowCapacity(stable, slot({ ...canary, minReplicas: 4 }))).toStrictEqual({
			canaryMinReplicas: 4,
			stableMinReplicas: 15,
			missing: [],
		});
	});

	it("given a serving slot that shrinks, the other one keeps what it had", () => {
		const plan = planWindowCapacity(slot({ minReplicas: 10 }), slot({ wantedReplicas: 3, readyReplicas: 3 }));

		expect(plan.stableMinReplicas).toBe(10);
	});

	it("given too few pods in the slot that a rollback would use, says so of that slot", () => {
		const stable = slot({ readyReplicas: 9, healthyTargets: 8 });

		expect(planWindowCapacity(stable, slot({ wantedReplicas: 10, healthyTargets: 10 })).missing).toStrictEqual([
			"stable has 9 of 10 pods ready",
			"stable has 8 of 10 targets healthy in its target group",
		]);
	});

	it("given any slots, the one that a rollback would use may hold all that serves, and never less than before", () => {
		fc.assert(
			fc.property(anySlot, anySlot, (stable, canary) => {
				const plan = planWindowCapacity(stable, canary);

				const serving = Math.max(canary.wantedReplicas, canary.readyReplicas);
				expect(plan.stableMinReplicas).toBe(Math.max(serving, stable.minReplicas));
				expect(plan.missing.length > 0).toBe(Math.min(stable.readyReplicas, stable.healthyTargets) < serving);
			}),
			seeded,
		);
	});
});
