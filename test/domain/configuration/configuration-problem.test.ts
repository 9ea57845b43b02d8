import { describe, expect, it } from "vitest";
import { InvalidConfigurationError } from "../../../lib/domain/configuration/configuration-error.ts";
import { parseEnvironmentConfig } from "../../../lib/domain/configuration/environment-config.ts";
import { environmentFile, serviceFile, trafficFile, workloadFile } from "./environment-file.ts";
import { problemsOf } from "./problems-of.ts";

type Section = Readonly<Record<string, unknown>>;

const inEnvironment = (settings: Section) => problemsOf(environmentFile(settings));
const inService = (settings: Section) => inEnvironment({ services: { checkout: serviceFile(settings) } });

describe("message", () => {
	it("given several mistakes, lists every one with path, value and what is allowed", () => {
		const file = environmentFile({
			account: 111122223333,
			services: {
				checkout: serviceFile({ steps: [{ weightPercent: 5 }, { weightPercent: 120 }], windowSecond: 60 }),
			},
		});

		const parsing = () => parseEnvironmentConfig(file);

		expect(parsing).toThrow(
			[
				"The configuration is not valid, 3 problems:",
				"  account: found 111122223333; allowed is 12 digits in quotes.",
				"  services.checkout.steps[1].weightPercent: found 120; allowed is a whole number from 1 to 100.",
				"  services.checkout.windowSecond: found 60; allowed is nothing but repository, workload, inClusterService,",
			].join("\n"),
		);
	});

	it("given one mistake, says so and carries the error's own name", () => {
		const error = new InvalidConfigurationError([{ path: "stage", found: '"test"', allowed: "one of a, b" }]);

		expect(error.name).toBe("InvalidConfigurationError");
		expect(error.message).toBe(
			'The configuration is not valid, 1 problem:\n  stage: found "test"; allowed is one of a, b.',
		);
	});

	it("given a long value, shortens it", () => {
		const [problem] = inEnvironment({ region: "x".repeat(200) });

		expect(problem).toMatch(/^region: found "x{78}…; allowed is an AWS region/);
	});

	it.each([[null], [undefined], ["text"], [7], [[]]])(
		"given %j instead of a file, says which keys it must have",
		(file) => {
			const problems = problemsOf(file);

			expect(problems).toHaveLength(1);
			expect(problems[0]).toMatch(/^the file: found .+; allowed is a section with the keys environment, stage/);
		},
	);
});

const wrongEnvironments: readonly (readonly [string, Section, string])[] = [
	["unknown key", { color: 1 }, "color: found 1; allowed is nothing but environment, stage, account"],
	["name", { environment: "Prod" }, 'environment: found "Prod"; allowed is 1 to 20 lower-case letters'],
	["stage", { stage: "prod" }, 'stage: found "prod"; allowed is one of development, staging, production'],
	["short account", { account: "1234", services: {} }, 'account: found "1234"; allowed is 12 digits in quotes'],
	["region of China", { region: "cn-north-1", services: {} }, 'region: found "cn-north-1"; allowed is an AWS region'],
	["no cluster", { cluster: undefined }, "cluster: found nothing; allowed is a section with a name and an endpoint"],
	[
		"endpoint",
		{ cluster: { name: "shop", endpoint: "vpn" } },
		'cluster.endpoint: found "vpn"; allowed is public or private',
	],
	[
		"private endpoint without network",
		{ cluster: { name: "shop", endpoint: "private" } },
		"cluster.network: found nothing; allowed is a section with the keys vpcId, subnetIds, securityGroupId",
	],
	[
		"private endpoint with one subnet",
		{
			cluster: {
				name: "shop",
				endpoint: "private",
				network: { vpcId: "vpc-12345678", subnetIds: ["subnet-12345678"], securityGroupId: "sg-12345678" },
			},
		},
		'cluster.network.subnetIds: found ["subnet-12345678"]; allowed is a list of 2 to 16 subnet ids',
	],
	[
		"public endpoint with network",
		{ cluster: { name: "shop", endpoint: "public", network: {} } },
		"cluster.network: found {}; allowed is nothing but name, endpoint",
	],
	[
		"e-mail",
		{ notifications: { pageEmails: ["nobody"] } },
		'notifications.pageEmails[0]: found "nobody"; allowed is an e-mail address',
	],
	[
		"service name",
		{ services: { Checkout: serviceFile() } },
		'services.Checkout: found the name "Checkout"; allowed is 1 to 40 lower-case letters, digits and -, letter first',
	],
	["services as a list", { services: [] }, "services: found []; allowed is a mapping of at most 1000 service names"],
];

describe("environment", () => {
	it.each(wrongEnvironments)("given a wrong %s, says path, value and what is allowed", (_, settings, expected) => {
		const problems = inEnvironment(settings);

		expect(problems).toHaveLength(1);
		expect(problems[0]).toContain(expected);
	});

	it("given 1,001 services, refuses them and takes 1,000", () => {
		const services = (count: number) =>
			Object.fromEntries(
				Array.from({ length: count }, (_, position) => [
					`service-${position}`,
					serviceFile({
						workload: workloadFile({ deployment: `service-${position}` }),
						traffic: trafficFile({ basePriority: 2 * (position + 1) }),
					}),
				]),
			);

		const accepted = inEnvironment({ services: services(1_000) });
		const refused = inEnvironment({ services: services(1_001) });

		expect(accepted).toEqual([]);
		expect(refused).toHaveLength(1);
		expect(refused[0]).toMatch(/^services: found .*; allowed is a mapping of at most 1000 service names/);
	});
});

const wrongServices: readonly (readonly [string, Section, string])[] = [
	["strategy", { strategy: "rolling" }, 'strategy: found "rolling"; allowed is one of canary, blue-green'],
	["missing decision", { inClusterService: undefined }, "inClusterService: found nothing; allowed is the name of a"],
	[
		"repository name",
		{ repository: { name: "Shop" } },
		'repository.name: found "Shop"; allowed is an ECR repository name',
	],
	[
		"tag pattern",
		{ repository: { name: "shop", tagPattern: "v(" } },
		'repository.tagPattern: found "v("; allowed is a regular expression that JavaScript understands',
	],
	[
		"length of the tag pattern",
		{ repository: { name: "shop", tagPattern: "a".repeat(101) } },
		"allowed is a regular expression of 1 to 100 characters",
	],
	[
		"deployment name, too long for a slot's Service",
		{ workload: workloadFile({ deployment: "d".repeat(58) }) },
		"allowed is 1 to 57 lower-case letters",
	],
	[
		"port",
		{ workload: workloadFile({ port: 0 }) },
		"workload.port: found 0; allowed is a whole number from 1 to 65535",
	],
	[
		"listener",
		{ traffic: trafficFile({ listenerArn: "arn:aws:x" }) },
		"allowed is the ARN of a listener of an application load balancer",
	],
	[
		"base priority, which leaves none for the trial",
		{ traffic: trafficFile({ basePriority: 1 }) },
		"traffic.basePriority: found 1; allowed is a whole number from 2 to 50000",
	],
	[
		"health check's timeout",
		{ traffic: trafficFile({ targetGroup: { healthCheck: { path: "/", timeoutSeconds: 10 } } }) },
		"traffic.targetGroup.healthCheck.timeoutSeconds: found 10; allowed is less than intervalSeconds (10)",
	],
	["fraction of a second", { warmupSeconds: 1.5 }, "warmupSeconds: found 1.5; allowed is a whole number from 0 to 300"],
	[
		"error limit",
		{ guardrails: { maxErrorPercent: 0 } },
		"guardrails.maxErrorPercent: found 0; allowed is a number from 0.01 to 100",
	],
	[
		"error limit that is not a number",
		{ guardrails: { maxErrorPercent: Number.NaN } },
		"guardrails.maxErrorPercent: found NaN; allowed is a number from 0.01 to 100",
	],
	[
		"guardrails' window",
		{ guardrails: { windowSeconds: 65 } },
		"guardrails.windowSeconds: found 65; allowed is a multiple of measurements.periodSeconds (10)",
	],
	[
		"measurement source",
		{ measurements: { source: "prometheus" } },
		'measurements.source: found "prometheus"; allowed is custom-metrics or application-load-balancer',
	],
	[
		"period of custom metrics",
		{ measurements: { source: "custom-metrics", namespace: "Shop", periodSeconds: 15 } },
		"measurements.periodSeconds: found 15; allowed is one of 10, 20, 30, 60",
	],
	[
		"period of load balancer metrics",
		{ measurements: { source: "application-load-balancer", periodSeconds: 10 } },
		"measurements.periodSeconds: found 10; allowed is one of 60, 120, 180, 240, 300",
	],
	[
		"namespace of custom metrics",
		{ measurements: { source: "custom-metrics", namespace: "AWS/ApplicationELB" } },
		'measurements.namespace: found "AWS/ApplicationELB"; allowed is a CloudWatch namespace',
	],
	[
		"namespace for load balancer metrics",
		{ measurements: { source: "application-load-balancer", namespace: "Shop" } },
		'measurements.namespace: found "Shop"; allowed is nothing but source, periodSeconds',
	],
];

describe("service", () => {
	it.each(wrongServices)("given a wrong %s, says path, value and what is allowed", (_, settings, expected) => {
		const problems = inService(settings);

		expect(problems).toHaveLength(1);
		expect(problems[0]).toMatch(/^services\.checkout\./);
		expect(problems[0]).toContain(expected);
	});
});
