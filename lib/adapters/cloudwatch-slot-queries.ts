import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Counts } from "../domain/measurement.ts";
import type { ServiceDefinition } from "../domain/service-definition.ts";
import type { SlotName } from "../domain/slot.ts";
import { loadBalancerRouteOf } from "../domain/traffic-route.ts";
import { MeasurementsUnavailableError } from "../ports/measurements.ts";

/** The value that one query answered for a bucket; undefined where it has no data point. */
export type ReadPoint = (queryId: string) => number | undefined;

/** The metric queries that one slot's counts are made of, and how they are made of them. */
export interface SlotQueries {
	readonly queries: readonly MetricDataQuery[];
	/** Counts of one bucket; null where no requests were recorded: nobody measured, or nobody came. */
	countsOf(point: ReadPoint): Counts | null;
}

/** How to ask CloudWatch for one slot's counts, by the kind of the definition's source. */
export const slotQueries = (definition: ServiceDefinition, slot: SlotName): SlotQueries =>
	definition.measurements.kind === "custom-metrics" ? customQueries(definition, slot) : albQueries(definition, slot);

type Dimensions = Readonly<Record<string, string>>;

const queryFor = (Id: string, Namespace: string, MetricName: string, Stat: string, Period: number, of: Dimensions) => ({
	Id,
	MetricStat: {
		Metric: { Namespace, MetricName, Dimensions: Object.entries(of).map(([Name, Value]) => ({ Name, Value })) },
		Period,
		Stat,
	},
	ReturnData: true,
});

/** Bad requests are requests too: the metrics are counted at slightly different moments, and must not say otherwise. */
const countsFrom = (requests: number, errors: number, slow: number, unanswered?: number): Counts => ({
	requests: Math.round(requests),
	errors: Math.min(Math.round(errors), Math.round(requests)),
	slow: Math.min(Math.round(slow), Math.round(requests)),
	...(unanswered !== undefined && { unanswered: Math.round(unanswered) }),
});

const customQueries = (definition: ServiceDefinition, slot: SlotName): SlotQueries => {
	const { namespace, periodSeconds } = definition.measurements;
	const dimensions = { Service: definition.service, Slot: slot };
	const sumOf = (id: string, metricName: string) =>
		queryFor(`${slot}_${id}`, namespace, metricName, "Sum", periodSeconds, dimensions);
	return {
		queries: [
			sumOf("requests", "Requests"),
			sumOf("errors", "Errors"),
			sumOf("slow", "SlowRequests"),
			sumOf("begun", "RequestsBegun"),
		],
		countsOf: (point) => {
			const answered = point(`${slot}_requests`);
			const begun = point(`${slot}_begun`);
			if (answered === undefined && begun === undefined) return null;
			const [errors, slow] = [point(`${slot}_errors`) ?? 0, point(`${slot}_slow`) ?? 0];
			// Optional: pods that only count what they have answered cannot tell what they have not.
			if (begun === undefined) return countsFrom(answered ?? 0, errors, slow);
			return countsFrom(Math.max(begun, answered ?? 0), errors, slow, begun - (answered ?? 0));
		},
	};
};

/** `app/<name>/<id>`: the part of a listener's ARN that names its load balancer in metrics. */
const loadBalancerOf = (listenerArn: string): string => listenerArn.split("/").slice(1, 4).join("/");

/** `targetgroup/<name>/<id>`: what the ARN of a target group ends in. */
const targetGroupOf = (targetGroupArn: string): string => targetGroupArn.slice(targetGroupArn.lastIndexOf(":") + 1);

/** Answers of targets other than server errors; the load balancer's own 502, 503 and 504 are in none of these counts. */
const otherAnswers = ["2xx", "3xx", "4xx"] as const;

/**
 * RequestCount counts requests for which a target was chosen. Those that no target answered with a status are
 * unanswered: the load balancer's own codes are not counted per target group, and TargetConnectionErrorCount counts
 * connections, of which it may try several for one request.
 *
 * A load balancer has no metric of slow answers, so they are the share of response times above the limit: PR(:s) is the
 * percentage of data points at or below s seconds. The product is rounded, because CloudWatch interpolates the rank.
 */
const albQueries = (definition: ServiceDefinition, slot: SlotName): SlotQueries => {
	const { periodSeconds, slowerThanMs } = definition.measurements;
	const { targetGroupArns, listenerArn } = loadBalancerRouteOf(definition);
	const dimensions = {
		TargetGroup: targetGroupOf(targetGroupArns[slot]),
		LoadBalancer: loadBalancerOf(listenerArn),
	};
	const query = (id: string, metricName: string, stat: string) =>
		queryFor(`${slot}_${id}`, "AWS/ApplicationELB", metricName, stat, periodSeconds, dimensions);
	return {
		queries: [
			query("requests", "RequestCount", "Sum"),
			query("errors", "HTTPCode_Target_5XX_Count", "Sum"),
			...otherAnswers.map((code) => query(`answers_${code}`, `HTTPCode_Target_${code.toUpperCase()}_Count`, "Sum")),
			query("answers", "TargetResponseTime", "SampleCount"),
			query("prompt", "TargetResponseTime", `PR(:${slowerThanMs / 1_000})`),
		],
		countsOf: (point) => {
			const requests = point(`${slot}_requests`);
			if (requests === undefined) return null;
			// The load balancer reports a count of errors only where it is not zero.
			const errors = point(`${slot}_errors`) ?? 0;
			const answers = point(`${slot}_answers`) ?? 0;
			const answered = otherAnswers.reduce((sum, code) => sum + (point(`${slot}_answers_${code}`) ?? 0), errors);
			const promptPercent = answers === 0 ? 100 : point(`${slot}_prompt`);
			if (promptPercent === undefined) {
				throw new MeasurementsUnavailableError(`Response times of slot ${slot} came without their percentile rank.`);
			}
			return countsFrom(requests, errors, answers * (1 - promptPercent / 100), requests - answered);
		},
	};
};
