import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { describe, expect, it } from "vitest";
import { cloudwatchMeasurements } from "../../lib/adapters/cloudwatch-measurements.ts";
import type { Counts } from "../../lib/domain/measurement.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { MeasurementsUnavailableError } from "../../lib/ports/measurements.ts";
import { contractDefinition } from "../contracts/contract-definition.ts";
import { measurementsContract } from "../contracts/measurements.contract.ts";
import { CloudwatchProduct, seriesKey } from "./wire/cloudwatch-product.ts";
import { lossyProduct } from "./wire/lossy-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const originEpochMs = 1_700_000_040_000;

const custom = contractDefinition({
	measurements: { kind: "custom-metrics", namespace: "Shop", periodSeconds: 10, slowerThanMs: 300 },
});
const balanced = contractDefinition({
	measurements: {
		kind: "application-load-balancer",
		namespace: "AWS/ApplicationELB",
		periodSeconds: 60,
		slowerThanMs: 250,
	},
});

const setup = () => {
	const product = new CloudwatchProduct();
	const lossy = lossyProduct(product.answer, () => false);
	const wire = wireTo(lossy.answer);
	return { product, lossy, wire, measurements: cloudwatchMeasurements(new CloudWatchClient(clientOptions(wire))) };
};

const customKey = (slot: SlotName, name: string): string =>
	seriesKey("Shop", name, "Sum", { Service: "checkout", Slot: slot });

const targetGroups = {
	blue: "targetgroup/checkout-blue/3333333333333333",
	green: "targetgroup/checkout-green/4444444444444444",
} as const;

const balancedKey = (slot: SlotName, name: string, stat: string): string =>
	seriesKey("AWS/ApplicationELB", name, stat, {
		TargetGroup: targetGroups[slot],
		LoadBalancer: "app/shop/1111111111111111",
	});

/** As an application would: every metric, zeros included. */
const recordCustom = (product: CloudwatchProduct, slot: SlotName, atEpochMs: number, counts: Counts): void => {
	const { requests, unanswered } = counts;
	if (unanswered !== undefined) product.put(customKey(slot, "RequestsBegun"), atEpochMs, requests);
	if (unanswered !== requests || requests === 0)
		product.put(customKey(slot, "Requests"), atEpochMs, requests - (unanswered ?? 0));
	product.put(customKey(slot, "Errors"), atEpochMs, counts.errors);
	product.put(customKey(slot, "SlowRequests"), atEpochMs, counts.slow);
};

/** As the load balancer does: no count of errors where there are none, and a share of response times instead of a count. */
const recordBalanced = (product: CloudwatchProduct, slot: SlotName, atEpochMs: number, counts: Counts): void => {
	product.put(balancedKey(slot, "RequestCount", "Sum"), atEpochMs, counts.requests);
	if (counts.errors > 0) product.put(balancedKey(slot, "HTTPCode_Target_5XX_Count", "Sum"), atEpochMs, counts.errors);
	const answered = counts.requests - (counts.unanswered ?? 0);
	const good = answered - counts.errors;
	if (good > 0) product.put(balancedKey(slot, "HTTPCode_Target_2XX_Count", "Sum"), atEpochMs, good);
	if (answered === 0) return;
	product.put(balancedKey(slot, "TargetResponseTime", "SampleCount"), atEpochMs, answered);
	const promptPercent = 100 * (1 - counts.slow / answered);
	product.put(balancedKey(slot, "TargetResponseTime", "PR(:0.25)"), atEpochMs, promptPercent);
};

measurementsContract("cloudwatchMeasurements of custom metrics", async () => {
	const { product, lossy, measurements } = setup();
	return {
		measurements,
		definition: custom,
		originEpochMs,
		record: async (slot, startEpochMs, counts) => recordCustom(product, slot, startEpochMs, counts),
		failNextRead: lossy.failNextRead,
	};
});

measurementsContract("cloudwatchMeasurements of a load balancer", async () => {
	const { product, lossy, measurements } = setup();
	return {
		measurements,
		definition: balanced,
		originEpochMs,
		record: async (slot, startEpochMs, counts) => recordBalanced(product, slot, startEpochMs, counts),
		failNextRead: lossy.failNextRead,
	};
});

const range = (periodSeconds: number, buckets = 1) =>
	({
		stableSlot: "blue",
		fromEpochMs: originEpochMs,
		toEpochMs: originEpochMs + buckets * periodSeconds * 1_000,
	}) as const;

describe("cloudwatchMeasurements, counting", () => {
	it("given custom metrics with zero requests, says zero and not null: somebody measured", async () => {
		const { product, measurements } = setup();
		recordCustom(product, "green", originEpochMs, { requests: 0, errors: 0, slow: 0 });

		const [bucket] = await measurements.read(custom, range(10));

		expect(bucket).toEqual({ startEpochMs: originEpochMs, stable: null, canary: { requests: 0, errors: 0, slow: 0 } });
	});

	it("given custom metrics of requests only, counts nothing bad", async () => {
		const { product, measurements } = setup();
		product.put(customKey("green", "Requests"), originEpochMs, 7);

		const [bucket] = await measurements.read(custom, range(10));

		expect(bucket?.canary).toEqual({ requests: 7, errors: 0, slow: 0 });
	});

	it("given errors without requests, says null: a share of nothing is no evidence", async () => {
		const { product, measurements } = setup();
		product.put(balancedKey("green", "HTTPCode_Target_5XX_Count", "Sum"), originEpochMs, 3);

		const [bucket] = await measurements.read(balanced, range(60));

		expect(bucket?.canary).toBeNull();
	});

	it("given requests that no target answered, counts none as slow and all as unanswered", async () => {
		const { product, measurements } = setup();
		product.put(balancedKey("green", "RequestCount", "Sum"), originEpochMs, 4);

		const [bucket] = await measurements.read(balanced, range(60));

		expect(bucket?.canary).toEqual({ requests: 4, errors: 0, slow: 0, unanswered: 4 });
	});

	it("given answers of every kind, counts none of them as unanswered, and more of them than requests as fewer than none", async () => {
		const { product, measurements } = setup();
		product.put(balancedKey("green", "RequestCount", "Sum"), originEpochMs, 99);
		for (const code of ["2XX", "3XX", "4XX", "5XX"])
			product.put(balancedKey("green", `HTTPCode_Target_${code}_Count`, "Sum"), originEpochMs, 25);

		const [bucket] = await measurements.read(balanced, range(60));

		expect(bucket?.canary).toEqual({ requests: 99, errors: 25, slow: 0, unanswered: -1 });
	});

	it("given pods that count what they begin and answer nothing, counts what they began", async () => {
		const { product, measurements } = setup();
		product.put(customKey("green", "RequestsBegun"), originEpochMs, 8);

		const [bucket] = await measurements.read(custom, range(10));

		expect(bucket?.canary).toEqual({ requests: 8, errors: 0, slow: 0, unanswered: 8 });
	});

	it("given more errors than requests in a bucket, counts as many as there were requests", async () => {
		const { product, measurements } = setup();
		recordBalanced(product, "green", originEpochMs, { requests: 2, errors: 3, slow: 0 });

		const [bucket] = await measurements.read(balanced, range(60));

		expect(bucket?.canary).toMatchObject({ requests: 2, errors: 2, slow: 0 });
	});

	it("given an interpolated rank, counts whole requests", async () => {
		const { product, measurements } = setup();
		product.put(balancedKey("green", "RequestCount", "Sum"), originEpochMs, 1_000);
		product.put(balancedKey("green", "TargetResponseTime", "SampleCount"), originEpochMs, 1_000);
		product.put(balancedKey("green", "TargetResponseTime", "PR(:0.25)"), originEpochMs, 99.4987);

		const [bucket] = await measurements.read(balanced, range(60));

		expect(bucket?.canary?.slow).toBe(5);
	});

	it("given response times without a rank, calls it unavailable and not fast", async () => {
		const { product, measurements } = setup();
		product.put(balancedKey("green", "RequestCount", "Sum"), originEpochMs, 10);
		product.put(balancedKey("green", "TargetResponseTime", "SampleCount"), originEpochMs, 10);

		await expect(measurements.read(balanced, range(60))).rejects.toThrow(MeasurementsUnavailableError);
	});
});

describe("cloudwatchMeasurements, asking", () => {
	it("given a definition, asks for its period and exactly the complete buckets", async () => {
		const { wire, measurements } = setup();

		await measurements.read(custom, { ...range(10, 3), toEpochMs: originEpochMs + 39_999 });

		const asked = JSON.parse(wire.requests[0]?.body ?? "");
		expect(asked).toMatchObject({ StartTime: 1_700_000_040, EndTime: 1_700_000_070, ScanBy: "TimestampAscending" });
		expect(asked.MetricDataQueries.map((query: { Id: string }) => query.Id)).toEqual([
			"blue_requests",
			"blue_errors",
			"blue_slow",
			"blue_begun",
			"green_requests",
			"green_errors",
			"green_slow",
			"green_begun",
		]);
		expect(asked.MetricDataQueries[4].MetricStat).toEqual({
			Metric: {
				Namespace: "Shop",
				MetricName: "Requests",
				Dimensions: [
					{ Name: "Service", Value: "checkout" },
					{ Name: "Slot", Value: "green" },
				],
			},
			Period: 10,
			Stat: "Sum",
		});
	});

	it("given a range without a complete bucket, does not ask", async () => {
		const { wire, measurements } = setup();

		await measurements.read(balanced, {
			stableSlot: "blue",
			fromEpochMs: originEpochMs,
			toEpochMs: originEpochMs + 59_999,
		});

		expect(wire.requests).toHaveLength(0);
	});

	it("given several pages, puts them together", async () => {
		const { product, wire, measurements } = setup();
		product.pageLimit = 16;
		for (let index = 0; index < 5; index++)
			recordCustom(product, "blue", originEpochMs + index * 10_000, { requests: 10 + index, errors: 1, slow: 2 });

		const buckets = await measurements.read(custom, range(10, 5));

		expect(wire.requests).toHaveLength(3);
		expect(buckets.map((bucket) => bucket.stable?.requests)).toEqual([10, 11, 12, 13, 14]);
	});

	it.each(["InternalError", "PartialData", "Forbidden"] as const)(
		"given a series that ends %s, has no evidence",
		async (status) => {
			const { product, measurements } = setup();
			recordCustom(product, "blue", originEpochMs, { requests: 10, errors: 0, slow: 0 });
			product.finalStatus = status;

			await expect(measurements.read(custom, range(10))).rejects.toThrow(MeasurementsUnavailableError);
		},
	);

	it("given an answer that passes over a series, has no evidence", async () => {
		const { wire, measurements } = setup();
		wire.answerNext({ status: 200, body: JSON.stringify({ MetricDataResults: [] }) });

		await expect(measurements.read(custom, range(10))).rejects.toThrow(MeasurementsUnavailableError);
	});

	it("given pages without end, gives up", async () => {
		const { wire, measurements } = setup();
		for (let page = 0; page < 10; page++) wire.answerNext({ status: 200, body: JSON.stringify({ NextToken: "more" }) });

		await expect(measurements.read(custom, range(10))).rejects.toThrow(MeasurementsUnavailableError);
	});
});
