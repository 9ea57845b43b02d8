import { describe, expect, it } from "vitest";
import { latencies } from "../../../simulator/fakes/latencies.ts";
import { drawLatencyMs, latencyOf } from "../../../simulator/fakes/latency-draw.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";

const quantile = (values: readonly number[], share: number): number =>
	[...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;

describe("latencies", () => {
	it.each(Object.entries(latencies))(
		"given %s, has a median below its 99th percentile and says whence",
		(_, latency) => {
			expect(latency.p50Ms).toBeGreaterThan(0);
			expect(latency.p99Ms).toBeGreaterThan(latency.p50Ms);
			expect(latency.source).not.toBe("");
		},
	);

	it("given an operation without figures, falls back to its service's and then to those of all", () => {
		expect(latencyOf("kubernetes:patch:deployments")).toBe(latencies["kubernetes:*"]);
		expect(latencyOf("sns:Publish")).toBe(latencies["*"]);
	});

	it("given many draws, has the quantiles that were stated", () => {
		const random = randomOf(1);

		const draws = Array.from({ length: 40_000 }, () => drawLatencyMs("events:Delivery", random));

		expect(quantile(draws, 0.5)).toBeCloseTo(30, -0.5);
		expect(quantile(draws, 0.9)).toBeGreaterThan(74);
		expect(quantile(draws, 0.9)).toBeLessThan(86);
		expect(quantile(draws, 0.99)).toBeGreaterThan(165);
		expect(quantile(draws, 0.99)).toBeLessThan(195);
	});
});
