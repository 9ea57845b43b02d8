import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planRelease } from "../../lib/domain/release-plan.ts";
import { definition, step } from "./builders.ts";

const base = definition({
	steps: [
		step({ weightPercent: 5, minBakeSeconds: 120, maxBakeSeconds: 600 }),
		step({ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 300, maxBakeSeconds: 600 }),
	],
	guardrails: { maxErrorPercent: 5, maxSlowPercent: 5, windowSeconds: 120, minRequests: 100 },
	measurements: { kind: "custom-metrics", namespace: "Shop", periodSeconds: 10, slowerThanMs: 1_000 },
	progressDeadlineSeconds: 600,
	warmupSeconds: 60,
	windowSeconds: 900,
	drainSeconds: 300,
});

describe("planRelease", () => {
	it("given traffic, says what each weight needs to be judged and when a healthy release passes", () => {
		const plan = planRelease(base, 10, 5);

		expect(plan.steps).toMatchObject([
			{ weightPercent: 5, neededRequests: 100, evidenceSeconds: 200, expectedSeconds: 275 },
			{ weightPercent: 100, neededRequests: 100, evidenceSeconds: 10, expectedSeconds: 300 },
		]);
		expect(plan).toMatchObject({
			requestsPerSecond: 10,
			preparationSeconds: 600,
			windowSeconds: 900,
			drainSeconds: 300,
			minSeconds: 120 + 300 + 900 + 300,
			maxSeconds: 600 + 600 + 600 + 900 + 300 + 600,
			expectedSeconds: 275 + 300 + 900 + 300,
		});
	});

	it("given much traffic, is held by the shortest bake", () => {
		expect(planRelease(base, 10_000, 5).steps[0]?.expectedSeconds).toBe(120);
	});

	it("given that the stable slot gets less than the canary, waits for the stable slot", () => {
		const steps = [step({ weightPercent: 95, minBakeSeconds: 0 })];

		expect(planRelease({ ...base, steps }, 10, 5).steps[0]?.evidenceSeconds).toBe(200);
	});

	it("given a comparison that leaves the stable slot nothing, never has evidence", () => {
		const steps = [step({ weightPercent: 100 })];

		expect(planRelease({ ...base, steps }, 10, 5).steps[0]).toMatchObject({
			evidenceSeconds: null,
			expectedSeconds: null,
		});
	});

	it.each([null, 0])("given %s requests per second, expects nothing", (requestsPerSecond) => {
		const plan = planRelease(base, requestsPerSecond, 5);

		expect(plan.steps.map(({ evidenceSeconds, expectedSeconds }) => [evidenceSeconds, expectedSeconds])).toEqual([
			[null, null],
			[null, null],
		]);
		expect(plan.expectedSeconds).toBeNull();
	});

	it("given too little traffic for the longest bake, says that the step would not be passed", () => {
		const plan = planRelease(base, 0.1, 5);

		expect(plan.steps[0]).toMatchObject({ evidenceSeconds: 20_000, expectedSeconds: null });
		expect(plan.expectedSeconds).toBeNull();
	});

	it("given evidence at the very end of the longest bake, still passes", () => {
		const steps = [step({ weightPercent: 50, minBakeSeconds: 0, maxBakeSeconds: 95 })];

		expect(planRelease({ ...base, steps }, 10, 5).steps[0]?.expectedSeconds).toBe(95);
		expect(planRelease({ ...base, steps }, 9.9, 5).steps[0]?.expectedSeconds).toBeNull();
	});

	it("given a bake by the clock that is shorter than data take, waits for data", () => {
		const steps = [step({ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 10 })];

		expect(planRelease({ ...base, steps }, 10, 5).steps[0]?.expectedSeconds).toBe(75);
	});

	it("given any traffic, expects no less than the shortest and no more than the longest way, and less with more users", () => {
		fc.assert(
			fc.property(
				fc.double({ min: 0.01, max: 1_000, noNaN: true }),
				fc.double({ min: 1, max: 10, noNaN: true }),
				(rate, more) => {
					const [few, many] = [planRelease(base, rate, 5), planRelease(base, rate * more, 5)];
					if (few.expectedSeconds === null) return;
					expect(few.expectedSeconds).toBeGreaterThanOrEqual(few.minSeconds);
					expect(few.expectedSeconds).toBeLessThanOrEqual(few.maxSeconds);
					expect(many.expectedSeconds ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(few.expectedSeconds);
				},
			),
		);
	});
});
