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

/** A load balancer: rules are Sluice's, listeners and target groups may come from IaC (D3). */
const loadBalancer = section({
	router: z
		._default(z.literal("load-balancer"), "load-balancer")
		.check(z.describe("What moves requests between the slots: here weights of listener rules.")),
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
});

/** An HTTPRoute of the user's, in the namespace of the workload, whose parent is a Gateway or a Service (D3a). */
const gatewayApi = section({
	router: z
		.literal("gateway-api")
		.check(z.describe("What moves requests between the slots: here weights of an HTTPRoute's backendRefs.")),
	httpRoute: text(
		"1 to 253 lower-case letters, digits, - and ., letter or digit at both ends",
		/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
		253,
	).check(
		z.describe(
			"HTTPRoute in the workload's namespace. Exactly one of its rules forwards to the Services of the slots, <deployment>-blue and <deployment>-green.",
		),
	),
	drainSeconds: z
		._default(wholeNumber(300, 3_600), 300)
		.check(z.describe("Seconds that open connections get when traffic has left a slot.")),
});

/** How requests reach a service. */
export const trafficConfigSchema = z
	.discriminatedUnion("router", [loadBalancer, gatewayApi], {
		error: (issue) =>
			issue.code === "invalid_union"
				? "load-balancer or gateway-api"
				: "a section that says how requests reach the service: by a load balancer, or by the router gateway-api",
	})
	.check(z.describe("How requests reach the service: through a load balancer, or through the Gateway API."));

/** What the file says of a service behind a load balancer. */
export type LoadBalancerConfig = Readonly<z.output<typeof loadBalancer>>;
