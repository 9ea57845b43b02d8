import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Retrier } from "../../../simulator/asl/definition.ts";
import { matchesError } from "../../../simulator/asl/error-matching.ts";
import { createRetryPolicy, retryDelayMs } from "../../../simulator/asl/retry-policy.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";

const retrier = (fields: Partial<Retrier> = {}): Retrier => ({
	errorEquals: ["States.ALL"],
	intervalSeconds: 1,
	maxAttempts: 3,
	backoffRate: 2,
	maxDelaySeconds: null,
	jitterStrategy: "NONE",
	...fields,
});
const anyRetrier = fc.record({
	errorEquals: fc.constant(["States.ALL"]),
	intervalSeconds: fc.integer({ min: 1, max: 600 }),
	maxAttempts: fc.integer({ min: 0, max: 20 }),
	backoffRate: fc.double({ min: 1, max: 4, noNaN: true }),
	maxDelaySeconds: fc.option(fc.integer({ min: 1, max: 3600 }), { nil: null }),
	jitterStrategy: fc.constantFrom("FULL", "NONE"),
});

describe("retryDelayMs", () => {
	it("given the defaults, waits 1, 2, 4 seconds", () => {
		expect([1, 2, 3].map((n) => retryDelayMs(retrier(), n, randomOf(1)))).toEqual([1000, 2000, 4000]);
	});

	it("given MaxDelaySeconds, caps after back-off", () => {
		const capped = retrier({ intervalSeconds: 3, maxDelaySeconds: 10 });

		expect([1, 2, 3, 9].map((n) => retryDelayMs(capped, n, randomOf(1)))).toEqual([3000, 6000, 10_000, 10_000]);
	});

	it("given full jitter, stays between nothing and the delay without it", () => {
		fc.assert(
			fc.property(anyRetrier, fc.integer({ min: 1, max: 20 }), fc.integer(), (any, n, seed) => {
				const jittered = retryDelayMs({ ...any, jitterStrategy: "FULL" }, n, randomOf(seed));
				const plain = retryDelayMs({ ...any, jitterStrategy: "NONE" }, n, randomOf(seed));

				expect(jittered).toBeGreaterThanOrEqual(0);
				expect(jittered).toBeLessThanOrEqual(plain);
				expect(plain).toBeLessThanOrEqual(1000 * (any.maxDelaySeconds ?? Number.POSITIVE_INFINITY));
			}),
		);
	});

	it("given full jitter, is spread evenly", () => {
		const random = randomOf(3);
		const delays = Array.from({ length: 4000 }, () => retryDelayMs(retrier({ jitterStrategy: "FULL" }), 1, random));

		const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
		expect(mean).toBeGreaterThan(480);
		expect(mean).toBeLessThan(520);
	});
});

describe("createRetryPolicy", () => {
	it("given any retrier, retries as often as it says", () => {
		fc.assert(
			fc.property(anyRetrier, (any) => {
				const policy = createRetryPolicy([any], randomOf(1));
				let retries = 0;
				while (policy.next("Boom") !== null) retries++;

				expect(retries).toBe(any.maxAttempts);
				expect(policy.retryCount).toBe(any.maxAttempts);
			}),
		);
	});

	it("given two retriers, counts each apart and takes the first that matches", () => {
		const policy = createRetryPolicy(
			[retrier({ errorEquals: ["A"], maxAttempts: 1, intervalSeconds: 7 }), retrier({ maxAttempts: 2 })],
			randomOf(1),
		);

		const delays = ["A", "B", "A", "B", "B"].map((error) => policy.next(error));

		// The second A is not handed on to the second retrier.
		expect(delays).toEqual([7000, 1000, null, 2000, null]);
	});
});

describe("matchesError", () => {
	it.each<[string, string, boolean]>([
		["A", "A", true],
		["A", "B", false],
		["States.ALL", "A", true],
		["States.ALL", "States.Timeout", true],
		["States.ALL", "States.QueryEvaluationError", true],
		["States.ALL", "States.Runtime", false],
		["States.ALL", "States.DataLimitExceeded", false],
		["States.DataLimitExceeded", "States.DataLimitExceeded", true],
		["States.Runtime", "States.Runtime", false],
		["States.TaskFailed", "A", true],
		["States.TaskFailed", "States.TaskFailed", true],
		["States.TaskFailed", "States.Timeout", false],
		["States.TaskFailed", "States.DataLimitExceeded", false],
		["States.Timeout", "States.Timeout", true],
	])("given ErrorEquals %s and the error %s, answers %s", (listed, error, expected) => {
		expect(matchesError([listed], error)).toBe(expected);
	});
});
