import type { BusinessMetric } from "../../world/versions.ts";

/**
 * Orders that the new version loses while answering 200: no guardrail on errors or latency can see them,
 * which is what a user's own alarm is for. At 5 % of 100 requests a second this is 40 in 10 s; the alarm's limit is 20.
 */
export const failedOrders = (service: string, metricName: string): BusinessMetric => ({
	namespace: "Shop",
	name: metricName,
	dimensions: { Service: service },
	perRequest: 0.8,
});
