import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import type { SlotName } from "../../lib/domain/slot.ts";
import { loadBalancerRouteOf } from "../../lib/domain/traffic-route.ts";
import type { Random } from "../kernel/random.ts";
import type { Timers } from "../kernel/timers.ts";
import type { MetricSink } from "./metric-sink.ts";
import { bucketMs, emptyBucket, type SlotBucket } from "./slot-bucket.ts";
import type { BusinessMetric } from "./versions.ts";

/** Publishes what a service and its load balancer measured. */
export interface TrafficMetrics {
	/** Publishes an ended bucket of one slot, and with the last one of a minute the load balancer's minute. */
	publish(slot: SlotName, bucket: SlotBucket): void;
}

type Series = ReturnType<MetricSink["series"]>;

const minuteMs = 60_000;

/** Dimensions under which CloudWatch has an Application Load Balancer's metrics of one target group. */
export const loadBalancerDimensions = (
	definition: ServiceDefinition,
	slot: SlotName,
): Readonly<Record<string, string>> => {
	const { targetGroupArns, listenerArn } = loadBalancerRouteOf(definition);
	const targetGroupArn = targetGroupArns[slot];
	return {
		TargetGroup: targetGroupArn.slice(targetGroupArn.lastIndexOf(":") + 1),
		LoadBalancer: listenerArn.split("/").slice(1, 4).join("/"),
	};
};

/** Name of a stand-in: CloudWatch computes slow answers from TargetResponseTime's percentile rank, which needs a distribution. */
export const slowAnswersMetric = "TargetResponseTime above the limit";

/** Some of `count` requests, each a sample of 0 or 1. */
const add = (series: Series, atEpochMs: number, sum: number, count: number): void =>
	series.add({ atEpochMs, sum, count, min: sum < count ? 0 : 1, max: sum > 0 ? 1 : 0 });

/**
 * Metrics of one service. The service's own appear 1–3 s after each bucket of 10 s, each slot by itself; the load
 * balancer's 5–30 s after each minute. Both delays are assumptions, nothing published. A slot without answered
 * requests publishes nothing.
 */
export const trafficMetrics = (
	definition: ServiceDefinition,
	sink: MetricSink,
	timers: Timers,
	random: Random,
): TrafficMetrics => {
	const own = (slot: SlotName) => {
		const named = (name: string) =>
			sink.series({
				namespace: definition.measurements.namespace,
				name,
				dimensions: { Service: definition.service, Slot: slot },
			});
		return {
			requests: named("Requests"),
			begun: named("RequestsBegun"),
			errors: named("Errors"),
			slow: named("SlowRequests"),
		};
	};
	const balancers = (slot: SlotName) => {
		const dimensions = loadBalancerDimensions(definition, slot);
		const named = (name: string) => sink.series({ namespace: "AWS/ApplicationELB", name, dimensions });
		return {
			requests: named("RequestCount"),
			answers: named("HTTPCode_Target_2XX_Count"),
			errors: named("HTTPCode_Target_5XX_Count"),
			slow: named(slowAnswersMetric),
		};
	};
	const isCustom = definition.measurements.kind === "custom-metrics";
	const ownSeries = { blue: own("blue"), green: own("green") };
	const isBalanced = definition.route.kind !== "gateway-api";
	const balancerSeries = isBalanced ? { blue: balancers("blue"), green: balancers("green") } : null;
	const minutes = { blue: emptyBucket(0), green: emptyBucket(0) };
	const timedOut = { blue: 0, green: 0 };
	const business = new Map<BusinessMetric, Series>();

	const publishOwn = (slot: SlotName, bucket: SlotBucket): void => {
		const { startEpochMs, served, hung, errors, slow } = bucket;
		if (isCustom) add(ownSeries[slot].begun, startEpochMs, served + hung, served + hung);
		if (isCustom && served > 0) {
			add(ownSeries[slot].requests, startEpochMs, served, served);
			add(ownSeries[slot].errors, startEpochMs, errors, served);
			add(ownSeries[slot].slow, startEpochMs, slow, served);
		}
		for (const { metric, sum, count } of bucket.business) {
			const series = business.get(metric) ?? sink.series(metric);
			business.set(metric, series);
			series.add({ atEpochMs: startEpochMs, sum, count, min: 0, max: sum });
		}
	};

	const publishMinute = (slot: SlotName, minute: SlotBucket): void => {
		if (balancerSeries === null) return;
		const { startEpochMs, served, refused, hung, errors, slow } = minute;
		const series = balancerSeries[slot];
		const requests = served + refused + hung;
		add(series.requests, startEpochMs, requests, requests);
		// The load balancer reports a count of answers only where it is not zero.
		if (served > errors) add(series.answers, startEpochMs, served - errors, served - errors);
		if (errors > 0) add(series.errors, startEpochMs, errors, errors);
		if (served > 0) add(series.slow, startEpochMs, slow, served);
	};

	return {
		publish: (slot, bucket) => {
			if (bucket.served + bucket.hung > 0) timers.after(random.between(1_000, 3_000), () => publishOwn(slot, bucket));
			const minute = minutes[slot];
			minute.served += bucket.served;
			minute.refused += bucket.refused;
			minute.hung += bucket.hung;
			minute.errors += bucket.errors;
			minute.slow += bucket.slow;
			const endEpochMs = bucket.startEpochMs + bucketMs;
			if (endEpochMs % minuteMs !== 0) return;
			minutes[slot] = emptyBucket(0);
			// A request that hangs is over, and counted, when the idle timeout of a minute is.
			const hung = timedOut[slot];
			timedOut[slot] = minute.hung;
			if (minute.served + minute.refused + hung === 0) return;
			const ended = { ...minute, hung, startEpochMs: endEpochMs - minuteMs };
			timers.after(random.between(5_000, 30_000), () => publishMinute(slot, ended));
		},
	};
};
