import { describe, expect, it } from "vitest";
import type { Counts } from "../../../lib/domain/measurement.ts";
import type { SlotName } from "../../../lib/domain/slot.ts";
import { createMetricStore } from "../../../simulator/alarms/metric-store.ts";
import { fakeMeasurements } from "../../../simulator/fakes/measurements.ts";
import { loadBalancerDimensions, slowAnswersMetric } from "../../../simulator/world/traffic-metrics.ts";
import type { BalancedDefinition } from "../../contracts/contract-definition.ts";
import { measurementsContract } from "../../contracts/measurements.contract.ts";
import { makeStage, startEpochMs } from "./stage.ts";

const custom: Partial<BalancedDefinition> = {
	measurements: { kind: "custom-metrics", namespace: "Shop", periodSeconds: 10, slowerThanMs: 3_000 },
};

const setupWith = (overrides: Partial<BalancedDefinition>) => async () => {
	const { caller, definition } = makeStage({}, overrides);
	const store = createMetricStore();
	const isCustom = definition.measurements.kind === "custom-metrics";
	const names = isCustom
		? { requests: "RequestsBegun", answered: "Requests", errors: "Errors", slow: "SlowRequests" }
		: {
				requests: "RequestCount",
				answered: "HTTPCode_Target_2XX_Count",
				errors: "HTTPCode_Target_5XX_Count",
				slow: slowAnswersMetric,
			};
	return {
		measurements: fakeMeasurements(store, caller),
		definition,
		originEpochMs: startEpochMs,
		record: async (slot: SlotName, atEpochMs: number, said: Counts) => {
			const dimensions = isCustom
				? { Service: definition.service, Slot: slot }
				: loadBalancerDimensions(definition, slot);
			const answered = said.requests - (said.unanswered ?? 0) - (isCustom ? 0 : said.errors);
			const counts = { ...said, answered };
			for (const kind of ["requests", "answered", "errors", "slow"] as const) {
				const identity = { namespace: definition.measurements.namespace, name: names[kind], dimensions };
				store.put(identity, { atEpochMs, sum: counts[kind], count: counts.requests, min: 0, max: 1 });
			}
		},
		failNextRead: () => caller.failNext({ matches: () => true, moment: "before-effect" }),
		caller,
	};
};

measurementsContract("fakeMeasurements of custom metrics", setupWith(custom));
measurementsContract("fakeMeasurements of a load balancer", setupWith({}));

describe("fakeMeasurements in a world", () => {
	it("given traffic on one slot, reads its buckets once they are published and null for the other", async () => {
		const metrics = createMetricStore();
		const stage = makeStage({ metrics }, custom);
		stage.enrol();
		await stage.pass(30);
		const measurements = fakeMeasurements(metrics, stage.caller);
		const range = { stableSlot: "blue", fromEpochMs: startEpochMs, toEpochMs: startEpochMs + 30_000 } as const;

		const atOnce = await measurements.read(stage.definition, range);
		await stage.pass(3);
		const later = await measurements.read(stage.definition, range);

		expect(atOnce.map(({ stable }) => stable !== null)).toEqual([true, true, false]);
		expect(later.map(({ stable }) => stable !== null)).toEqual([true, true, true]);
		expect(later.every(({ canary }) => canary === null)).toBe(true);
		expect(stage.caller.operations).toEqual(["cloudwatch:GetMetricData", "cloudwatch:GetMetricData"]);
	});

	it("given a source of the load balancer's, reads whole minutes", async () => {
		const metrics = createMetricStore();
		const stage = makeStage({ metrics });
		stage.enrol();
		await stage.pass(150);

		const read = await fakeMeasurements(metrics, stage.caller).read(stage.definition, {
			stableSlot: "blue",
			fromEpochMs: startEpochMs,
			toEpochMs: startEpochMs + 120_000,
		});

		const served = stage.world.traffic
			.of("checkout")
			.buckets("blue")
			.slice(0, 12)
			.reduce((sum, bucket) => sum + bucket.served, 0);
		expect(read.reduce((sum, { stable }) => sum + (stable?.requests ?? 0), 0)).toBe(served);
	});
});
