import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Datapoint, statistics } from "../../../simulator/alarms/metric-series.ts";
import { createMetricStore } from "../../../simulator/alarms/metric-store.ts";

const startEpochMs = Date.UTC(2026, 0, 31, 12);
const requests = {
	namespace: "AWS/ApplicationELB",
	name: "RequestCount",
	dimensions: { LoadBalancer: "a", TargetGroup: "b" },
};

const sample = (afterMs: number, value: number): Datapoint => ({
	atEpochMs: startEpochMs + afterMs,
	sum: value,
	count: 1,
	min: value,
	max: value,
});

describe("createMetricStore", () => {
	it("given samples of a minute, answers every statistic over any period of it", () => {
		const store = createMetricStore();
		for (const [afterMs, value] of [
			[0, 4],
			[5_000, 2],
			[9_999, 3],
			[10_000, 9],
			[59_999, 1],
		] as const) {
			store.put(requests, sample(afterMs, value));
		}

		const read = (afterMs: number, seconds: number): readonly (number | null)[] =>
			statistics.map((statistic) => store.read(requests, statistic, startEpochMs + afterMs, seconds));

		expect(read(0, 60)).toEqual([19, 3.8, 1, 9, 5]);
		expect(read(0, 10)).toEqual([9, 3, 2, 4, 3]);
		expect(read(10_000, 20)).toEqual([9, 9, 9, 9, 1]);
	});

	it("given no samples, answers null and not zero", () => {
		const store = createMetricStore();
		store.put(requests, { ...sample(0, 0), count: 0 });
		store.put(requests, sample(60_000, 0));

		expect(store.read(requests, "Sum", startEpochMs, 60)).toBeNull();
		expect(store.read(requests, "Sum", startEpochMs + 60_000, 60)).toBe(0);
		expect(store.read(requests, "Sum", startEpochMs + 120_000, 60)).toBeNull();
	});

	it("given the same dimensions in another order, it is the same metric; with one less, another", () => {
		const store = createMetricStore();
		store.put(requests, sample(0, 5));

		const swapped = { ...requests, dimensions: { TargetGroup: "b", LoadBalancer: "a" } };
		const fewer = { ...requests, dimensions: { LoadBalancer: "a" } };

		expect(store.read(swapped, "Sum", startEpochMs, 60)).toBe(5);
		expect(store.read(fewer, "Sum", startEpochMs, 60)).toBeNull();
	});

	it("given samples that come late, counts them to their own time, up to two hours back and no further", () => {
		const store = createMetricStore();
		store.put(requests, sample(7_200_000, 1));
		store.put(requests, sample(20_000, 7));
		store.put(requests, sample(0, 9));

		expect(store.read(requests, "Sum", startEpochMs + 20_000, 10)).toBe(7);
		expect(store.read(requests, "Sum", startEpochMs, 10)).toBeNull();
	});

	it("given hours of samples, forgets what is older than two hours before the newest", () => {
		const store = createMetricStore();
		for (let second = 0; second < 3 * 3_600; second += 10) store.put(requests, sample(second * 1_000, 1));

		expect(store.read(requests, "Sum", startEpochMs, 3_600)).toBeNull();
		expect(store.read(requests, "Sum", startEpochMs + 3_600_000, 7_200)).toBe(720);
	});

	it("given a resolution of one second, reads single seconds", () => {
		const store = createMetricStore({ resolutionSeconds: 1 });
		store.put(requests, sample(1_000, 3));
		store.put(requests, sample(2_000, 4));

		expect(store.read(requests, "Sum", startEpochMs + 2_000, 1)).toBe(4);
		expect(store.read(requests, "Sum", startEpochMs, 10)).toBe(7);
	});

	it("given any samples in any order within two hours, a period answers what its samples add up to", () => {
		const sampled = fc.record({ afterSeconds: fc.nat(7_000), value: fc.integer({ min: -50, max: 50 }) });

		fc.assert(
			fc.property(fc.array(sampled, { maxLength: 60 }), fc.nat(100), (samples, minute) => {
				const store = createMetricStore();
				for (const { afterSeconds, value } of samples) store.put(requests, sample(afterSeconds * 1_000, value));

				const values = samples
					.filter(({ afterSeconds }) => Math.floor(afterSeconds / 60) === minute)
					.map(({ value }) => value);
				const sum = values.reduce((total, value) => total + value, 0);
				const expected = [sum, sum / values.length, Math.min(...values), Math.max(...values), values.length];
				const read = statistics.map((each) => store.read(requests, each, startEpochMs + minute * 60_000, 60));

				expect(read).toEqual(values.length === 0 ? statistics.map(() => null) : expected);
			}),
		);
	});
});
