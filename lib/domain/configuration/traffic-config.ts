import * as z from "zod/mini";
import { oneOf, section, text, wholeNumber } from "./bounded-field.ts";
import { betweenKeys } from "./broken-rule.ts";
import { vpcId } from "./cluster-config.ts";

// Limits are Elastic Load Balancing's own for application load balancers.
const healthCheck = section({
	path: text('a path, as in "/healthz": / first, 1 to 1024 characters without spaces', /^\/[!-~]*$/, 1_024).check(
		z.describe("Asked of every pod by the load balancer."),
	),
	intervalSeconds: z._default(wholeNumber(5, 300), 10).check(z.describe("Seconds between two health checks.")),
	timeoutSeconds: z._default(wholeNumber(2, 120), 5).check(z.describe("Seconds to answer; less than the interval.")),
	healthyThreshold: z._default(wholeNumber(2, 10), 2).check(z.describe("Good answers in a row until healthy.")),
	unhealthyThreshold: z._default(wholeNumber(2, 10), 3).check(z.describe("Bad answers in a row until unhealthy.")),
}).check(
	betweenKeys(({ timeoutSeconds, intervalSeconds }) =>
		timeoutSeconds < intervalSeconds
			? []
			: [{ path: ["timeoutSeconds"], allowed: `less than intervalSeconds (${intervalSeconds})` }],
	),
);

/** How requests reach a service. Rules are Sluice's, listeners and target groups may come from IaC (D3). */
export const trafficConfigSchema = section({
	listenerArn: text(
		"the ARN of a listener of an application load balancer",
		/^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:listener\/app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]+\/[0-9a-f]+$/,
		256,
	).check(z.describe("Listener that holds the service's base rule.")),
	basePriority: wholeNumber(2, 50_000).check(
		z.describe("Priority of the base rule. The priority one below must be free: it is the trial rule's."),
	),
	vpcId: vpcId.check(z.describe("VPC of the load balancer; target groups are made in it.")),
	targetGroup: section({
		protocol: z._default(oneOf("HTTP", "HTTPS"), "HTTP").check(z.describe("What the pods speak.")),
		healthCheck,
		deregistrationDelaySeconds: z
			._default(wholeNumber(0, 3_600), 300)
			.check(z.describe("Seconds that open connections get when a pod leaves.")),
	}).check(z.describe("Settings of both slots' target groups.")),
}).check(z.describe("How requests reach the service through a load balancer."));
