import type { GatewayRoute, LoadBalancerRoute, ServiceDefinition } from "../../lib/domain/service-definition.ts";

const loadBalancing = "arn:aws:elasticloadbalancing:eu-central-1:111122223333";

/** A service behind a load balancer, which is what most tests are about. */
export interface BalancedDefinition extends ServiceDefinition {
	readonly route: LoadBalancerRoute;
}

/** A definition that is valid in every field; tests name the fields that matter to them. */
export const contractDefinition = (overrides: Partial<BalancedDefinition> = {}): BalancedDefinition => ({
	service: "checkout",
	environment: "production",
	repositoryName: "shop/checkout",
	tagPattern: "^v[0-9]+$",
	workload: {
		clusterName: "shop",
		namespace: "shop",
		deployment: "checkout",
		container: "app",
		repositoryUri: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/checkout",
		inClusterService: null,
		port: 8080,
	},
	route: {
		listenerArn: `${loadBalancing}:listener/app/shop/1111111111111111/2222222222222222`,
		basePriority: 101,
		trialPriority: 100,
		targetGroupArns: {
			blue: `${loadBalancing}:targetgroup/checkout-blue/3333333333333333`,
			green: `${loadBalancing}:targetgroup/checkout-green/4444444444444444`,
		},
	},
	steps: [
		{
			weightPercent: 5,
			judgedBy: "comparison",
			minBakeSeconds: 120,
			maxBakeSeconds: 600,
			approval: { approvers: ["ana"], expiresSeconds: 3_600 },
		},
		{ weightPercent: 100, judgedBy: "guardrails", minBakeSeconds: 120, maxBakeSeconds: 600, approval: null },
	],
	guardrails: { maxErrorPercent: 5, maxSlowPercent: 5, windowSeconds: 120, minRequests: 100 },
	measurements: {
		kind: "application-load-balancer",
		namespace: "AWS/ApplicationELB",
		periodSeconds: 60,
		slowerThanMs: 3_000,
	},
	alarmNames: ["checkout errors"],
	onUndecided: "pause",
	onNewPush: "close-window",
	progressDeadlineSeconds: 600,
	windowSeconds: 3_600,
	drainSeconds: 300,
	warmupSeconds: 60,
	...overrides,
});

/** The route of the same service where an HTTPRoute moves its requests. */
export const gatewayRoute = (overrides: Partial<GatewayRoute> = {}): GatewayRoute => ({
	kind: "gateway-api",
	clusterName: "shop",
	namespace: "shop",
	httpRoute: "checkout",
	slotServices: { blue: "checkout-blue", green: "checkout-green" },
	...overrides,
});
