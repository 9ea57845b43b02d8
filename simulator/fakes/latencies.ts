/** How long something takes: log-normal through these two quantiles. */
export interface Latency {
	readonly p50Ms: number;
	readonly p99Ms: number;
	/** Where the figures come from; an assumption says so. */
	readonly source: string;
}

const assumed = "assumption, nothing published";
const s3 =
	"AWS documentation: small objects answer within roughly 100–200 ms; p50 is the lower figure's half, an assumption";
const dynamo = "AWS documentation: single-digit milliseconds; p99 is an assumption";
const kubernetes =
	"p99: Kubernetes scalability objective for calls on single objects, which EKS adopts (at most 1 s); p50 is an assumption";
const describeBalancer = { p50Ms: 50, p99Ms: 400, source: assumed } as const;
const writeBalancer = { p50Ms: 120, p99Ms: 800, source: assumed } as const;

/**
 * Round trips of remote calls as a function in the same region sees them, by the operation of a RemoteCall, and the
 * delays of products between themselves. `service:*` stands for a service's other operations, `*` for all others.
 */
export const latencies: Readonly<Record<string, Latency>> = {
	"lambda:ColdStart": {
		p50Ms: 119,
		p99Ms: 400,
		source: "measured elsewhere for a small Node 24 bundle on arm64: 114–124 ms; p99 is an assumption",
	},
	"lambda:ColdStartWithClients": {
		p50Ms: 375,
		p99Ms: 900,
		source: "public measurement, second-hand: about 375 ms with three SDK clients; p99 is an assumption",
	},
	"lambda:WarmStart": { p50Ms: 8, p99Ms: 60, source: assumed },
	"lambda:Invoke": { p50Ms: 15, p99Ms: 120, source: assumed },
	"events:Delivery": {
		p50Ms: 30,
		p99Ms: 180,
		source: "public measurement, second-hand: p90 about 80 ms, which these two quantiles give",
	},
	"cloudtrail:Delivery": {
		p50Ms: 240_000,
		p99Ms: 900_000,
		source:
			"CloudTrail's documentation: within an average of about 5 minutes of the call, without a guarantee; for EventBridge nothing else is published. p99 is the 15 minutes that it named before 2023",
	},
	"events:PutEvents": { p50Ms: 15, p99Ms: 120, source: assumed },
	"states:Transition": { p50Ms: 25, p99Ms: 200, source: assumed },
	"states:StartExecution": { p50Ms: 35, p99Ms: 250, source: assumed },
	"states:*": { p50Ms: 25, p99Ms: 200, source: assumed },
	"dynamodb:GetItem": { p50Ms: 4, p99Ms: 20, source: dynamo },
	"dynamodb:UpdateItem": { p50Ms: 6, p99Ms: 30, source: dynamo },
	"dynamodb:Query": { p50Ms: 6, p99Ms: 30, source: dynamo },
	"dynamodb:TransactWriteItems": { p50Ms: 14, p99Ms: 80, source: `${assumed}: about twice a single write` },
	"dynamodb:*": { p50Ms: 6, p99Ms: 30, source: dynamo },
	"s3:GetObject": { p50Ms: 50, p99Ms: 200, source: s3 },
	"s3:PutObject": { p50Ms: 60, p99Ms: 250, source: s3 },
	"s3:*": { p50Ms: 50, p99Ms: 200, source: s3 },
	"elasticloadbalancing:DescribeRules": describeBalancer,
	"elasticloadbalancing:DescribeTags": describeBalancer,
	"elasticloadbalancing:DescribeTargetHealth": describeBalancer,
	"elasticloadbalancing:DescribeListeners": describeBalancer,
	"elasticloadbalancing:CreateRule": { p50Ms: 150, p99Ms: 1_000, source: assumed },
	"elasticloadbalancing:ModifyRule": writeBalancer,
	"elasticloadbalancing:DeleteRule": writeBalancer,
	"elasticloadbalancing:*": writeBalancer,
	"eks:DescribeCluster": { p50Ms: 80, p99Ms: 500, source: assumed },
	"kubernetes:*": { p50Ms: 20, p99Ms: 1_000, source: kubernetes },
	"ecr:DescribeImages": { p50Ms: 60, p99Ms: 400, source: assumed },
	"cloudwatch:GetMetricData": { p50Ms: 80, p99Ms: 500, source: assumed },
	"cloudwatch:DescribeAlarms": { p50Ms: 60, p99Ms: 400, source: assumed },
	"*": { p50Ms: 50, p99Ms: 400, source: assumed },
};
