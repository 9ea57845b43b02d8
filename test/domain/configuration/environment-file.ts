type Section = Readonly<Record<string, unknown>>;

/** Slots' target groups, as a stack would hand them in. */
export const targetGroupArns = { blue: "arn:blue", green: "arn:green" } as const;

/** One service as its section reads before parsing: nothing but the required keys, and what the test sets. */
export const serviceFile = (settings: Section = {}): Section => ({
	repository: { name: "shop/checkout" },
	workload: workloadFile(),
	inClusterService: "none",
	traffic: trafficFile(),
	strategy: "canary",
	measurements: { source: "custom-metrics", namespace: "Sluice/Traffic" },
	...settings,
});

export const workloadFile = (settings: Section = {}): Section => ({
	namespace: "shop",
	deployment: "checkout",
	container: "app",
	port: 8080,
	...settings,
});

export const trafficFile = (settings: Section = {}): Section => ({
	listenerArn:
		"arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2",
	basePriority: 100,
	vpcId: "vpc-0a1b2c3d4e5f60718",
	targetGroup: { healthCheck: { path: "/healthz" } },
	...settings,
});

export const alarmFile = (settings: Section = {}): Section => ({
	name: "checkout-orders-failed",
	metric: { namespace: "Shop", name: "OrdersFailed", statistic: "Sum", periodSeconds: 10 },
	comparison: "above",
	threshold: 20,
	datapointsToAlarm: 3,
	evaluationPeriods: 3,
	...settings,
});

/** A second service that shares nothing with the first but the listener. */
export const otherServiceFile = (settings: Section = {}): Section =>
	serviceFile({
		workload: workloadFile({ deployment: "payments" }),
		traffic: trafficFile({ basePriority: 200 }),
		...settings,
	});

/** A whole file before parsing, with one service called checkout. */
export const environmentFile = (settings: Section = {}): Section => ({
	environment: "production",
	stage: "production",
	account: "111122223333",
	region: "eu-central-1",
	cluster: { name: "shop", endpoint: "public" },
	services: { checkout: serviceFile() },
	...settings,
});
