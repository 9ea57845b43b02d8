import { describe, expect, it } from "vitest";
import { alarmFile, environmentFile, serviceFile, trafficFile, workloadFile } from "./environment-file.ts";
import { problemsOf } from "./problems-of.ts";

type Section = Readonly<Record<string, unknown>>;

const inCluster = (settings: Section) =>
	problemsOf(
		environmentFile({
			cluster: {
				name: "shop",
				endpoint: "private",
				network: {
					vpcId: "vpc-0a1b2c3d",
					subnetIds: ["subnet-0a1b2c3d", "subnet-4e5f6071"],
					securityGroupId: "sg-0a1b2c3d",
					...settings,
				},
			},
		}),
	);

const inService = (settings: Section) =>
	problemsOf(environmentFile({ services: { checkout: serviceFile(settings) } })).map((problem) =>
		problem.replace("services.checkout.", ""),
	);

const inMetric = (settings: Section) =>
	inService({ alarms: [alarmFile({ metric: { ...(alarmFile().metric as Section), ...settings } })] }).map((problem) =>
		problem.replace("alarms[0].metric.", ""),
	);

describe("cluster", () => {
	it.each([
		[
			"name",
			{ cluster: { name: "-shop", endpoint: "public" } },
			'found "-shop"; allowed is an EKS cluster name: 1 to 100 letters, digits, - and _, letter or digit first',
		],
		[
			"section",
			{ cluster: "shop" },
			'found "shop"; allowed is a section with a name and an endpoint, and a network where the endpoint is private',
		],
	])("given a wrong %s, says what is allowed", (_, settings, expected) => {
		const [problem, ...others] = problemsOf(environmentFile(settings));

		expect(problem).toContain(expected);
		expect(others).toEqual([]);
	});

	it.each([
		["vpcId", "vpc-1", 'vpcId: found "vpc-1"; allowed is a VPC id, as in "vpc-0a1b2c3d4e5f60718"'],
		[
			"securityGroupId",
			"sg-1",
			'securityGroupId: found "sg-1"; allowed is a security group id, as in "sg-0a1b2c3d4e5f60718"',
		],
		[
			"subnetIds",
			["subnet-0a1b2c3d", "subnet-1"],
			'subnetIds[1]: found "subnet-1"; allowed is a subnet id, as in "subnet-0a1b2c3d4e5f60718"',
		],
	])("given a wrong %s of the network, says what is allowed", (key, value, expected) => {
		expect(inCluster({ [key]: value })).toEqual([`cluster.network.${expected}`]);
	});
});

describe("notifications", () => {
	it("given more than twenty addresses, says how many may be", () => {
		const pageEmails = Array(21).fill("ana@example.com");

		expect(problemsOf(environmentFile({ notifications: { pageEmails } }))).toEqual([
			expect.stringMatching(/^notifications\.pageEmails: .*allowed is a list of at most 20 e-mail addresses$/),
		]);
	});
});

describe("service", () => {
	it.each([
		[
			"namespace",
			{ workload: workloadFile({ namespace: "-" }) },
			'workload.namespace: found "-"; allowed is 1 to 63 lower-case letters, digits and -, no - at either end',
		],
		[
			"container",
			{ workload: workloadFile({ container: "App" }) },
			'workload.container: found "App"; allowed is 1 to 63 lower-case letters, digits and -, no - at either end',
		],
		[
			"tag pattern that is empty",
			{ repository: { name: "shop", tagPattern: "" } },
			'repository.tagPattern: found ""; allowed is a regular expression of 1 to 100 characters',
		],
		[
			"tag pattern that is no text",
			{ repository: { name: "shop", tagPattern: 1 } },
			"repository.tagPattern: found 1; allowed is a regular expression of 1 to 100 characters",
		],
		[
			"path of the health check",
			{ traffic: trafficFile({ targetGroup: { healthCheck: { path: "healthz" } } }) },
			'traffic.targetGroup.healthCheck.path: found "healthz"; allowed is a path, as in "/healthz": / first, 1 to 1024 characters without spaces',
		],
		[
			"protocol",
			{ traffic: trafficFile({ targetGroup: { protocol: "TCP", healthCheck: { path: "/" } } }) },
			'traffic.targetGroup.protocol: found "TCP"; allowed is one of HTTP, HTTPS',
		],
		[
			"approver",
			{ approvals: [{ beforeWeightPercent: 5, approvers: ["a b"] }] },
			'approvals[0].approvers[0]: found "a b"; allowed is an identity of 1 to 256 characters without spaces',
		],
		[
			"number of approvers",
			{ approvals: [{ beforeWeightPercent: 5, approvers: Array(51).fill("a") }] },
			"allowed is a list of at most 50 identities",
		],
		[
			"number of approvals",
			{ approvals: Array(21).fill({ beforeWeightPercent: 5 }) },
			"allowed is a list of at most 20 approvals",
		],
		["list of alarms", { alarms: "p95" }, 'alarms: found "p95"; allowed is a list of at most 100 alarms'],
		[
			"choice without a verdict",
			{ onUndecided: "wait" },
			'onUndecided: found "wait"; allowed is one of pause, roll-back, promote',
		],
		[
			"choice for a new image",
			{ onNewPush: "pause" },
			'onNewPush: found "pause"; allowed is one of close-window, wait, supersede',
		],
		[
			"judge",
			{ steps: [{ weightPercent: 100, judgedBy: "nobody" }] },
			'steps[0].judgedBy: found "nobody"; allowed is one of comparison, guardrails',
		],
		[
			"section of measurements",
			{ measurements: "prometheus" },
			'measurements: found "prometheus"; allowed is a section whose source is custom-metrics or application-load-balancer',
		],
	])("given a wrong %s, says what is allowed", (_, settings, expected) => {
		const [problem, ...others] = inService(settings);

		expect(problem).toContain(expected);
		expect(others).toEqual([]);
	});
});

describe("alarm", () => {
	it.each([
		[
			"namespace",
			{ namespace: "" },
			'namespace: found ""; allowed is a CloudWatch namespace of 1 to 255 printable ASCII characters',
		],
		["name", { name: "é" }, 'name: found "é"; allowed is a metric name of 1 to 255 printable ASCII characters'],
		[
			"dimension's name",
			{ dimensions: { ":a": "b" } },
			'dimensions.:a: found the name ":a"; allowed is a dimension name of 1 to 255 printable ASCII characters, not beginning with :',
		],
		[
			"dimension's value",
			{ dimensions: { a: "" } },
			'dimensions.a: found ""; allowed is a dimension value of 1 to 1024 printable ASCII characters',
		],
		[
			"list of dimensions",
			{ dimensions: ["a"] },
			'dimensions: found ["a"]; allowed is a mapping of at most 30 dimension names to values',
		],
		[
			"period between two minutes",
			{ periodSeconds: 61 },
			"periodSeconds: found 61; allowed is 10, 20, 30 or a multiple of 60 up to 3600",
		],
		[
			"period that is no number",
			{ periodSeconds: "60" },
			'periodSeconds: found "60"; allowed is 10, 20, 30 or a multiple of 60 up to 3600',
		],
		[
			"period beyond an hour",
			{ periodSeconds: 3_660 },
			"periodSeconds: found 3660; allowed is 10, 20, 30 or a multiple of 60 up to 3600",
		],
		[
			"period of no time",
			{ periodSeconds: 0 },
			"periodSeconds: found 0; allowed is 10, 20, 30 or a multiple of 60 up to 3600",
		],
	])("given a wrong %s of the metric, says what is allowed", (_, settings, expected) => {
		expect(inMetric(settings)).toEqual([expected]);
	});

	it.each([
		[
			"description",
			{ description: "" },
			'description: found ""; allowed is a description of 1 to 1024 printable ASCII characters',
		],
		[
			"comparison",
			{ comparison: "over" },
			'comparison: found "over"; allowed is one of above, at-or-above, below, at-or-below',
		],
		[
			"missing data",
			{ missingData: "zero" },
			'missingData: found "zero"; allowed is one of missing, notBreaching, breaching, ignore',
		],
		["evaluation", { datapointsToAlarm: 0 }, "datapointsToAlarm: found 0; allowed is a whole number from 1 to 1440"],
	])("given a wrong %s, says what is allowed", (_, settings, expected) => {
		expect(inService({ alarms: [alarmFile(settings)] })).toEqual([`alarms[0].${expected}`]);
	});

	it("given an alarm of one's own that names an existing one as well, speaks of that name only", () => {
		const problems = inService({ alarms: [alarmFile({ existing: "p95" })] });

		expect(problems).toEqual([
			expect.stringMatching(/^alarms\[0\]\.existing: found "p95"; allowed is nothing but name, /),
		]);
	});

	it("given a period beyond all whole numbers, says what is allowed of it as of any other", () => {
		expect(inMetric({ periodSeconds: 1e300 })).toContain(
			"periodSeconds: found 1e+300; allowed is 10, 20, 30 or a multiple of 60 up to 3600",
		);
	});

	it("given an alarm of one's own with several mistakes, speaks of these and not of an existing alarm", () => {
		const wrong = alarmFile({ threshold: "20", comparison: "over", evaluationPeriods: 0 });

		expect(inService({ alarms: [wrong] }).map((problem) => problem.split(":")[0])).toEqual([
			"alarms[0].comparison",
			"alarms[0].threshold",
			"alarms[0].evaluationPeriods",
		]);
	});

	it("given an alarm of one's own with a key that nobody knows, speaks of that key and not of an existing alarm", () => {
		const problems = inService({ alarms: [alarmFile({ color: "red" })] });

		expect(problems).toEqual([
			expect.stringMatching(/^alarms\[0\]\.color: found "red"; allowed is nothing but name, /),
		]);
	});

	it.each([
		["thirty dimensions", { dimensions: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}`, "x"])) }],
		["AWS's own metrics each minute", { namespace: "AWS/SQS", periodSeconds: 60 }],
		["a namespace that AWS/ is only part of", { namespace: "Shop/AWS/SQS", periodSeconds: 10 }],
	])("given %s, accepts it", (_, settings) => {
		expect(inMetric(settings)).toEqual([]);
	});
});
