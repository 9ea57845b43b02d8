import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { functionsByName, referred, statementsOfFunction } from "./policy-statements.ts";
import { environmentConfig, privateCluster, synthesize } from "./synthesized-environment.ts";

const stack = synthesize(environmentConfig(["checkout"]))("control-plane");
const functions = functionsByName(stack);
const names = [...functions.keys()];
const folders = readdirSync(fileURLToPath(new URL("../../functions", import.meta.url)), { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

const variablesOf = (name: string): readonly string[] => {
	const environment = functions.get(name)?.Properties.Environment as { readonly Variables: object } | undefined;
	return Object.keys(environment?.Variables ?? {});
};

describe("functions of the control plane", () => {
	it("given the folders under functions/, deploys exactly these", () => {
		expect(names.toSorted()).toEqual(folders.toSorted());
	});

	it.each(names)("given %s, runs it traced on the pinned runtime with bounds and a log group of its own", (name) => {
		const properties = functions.get(name)?.Properties;

		expect(properties).toMatchObject({
			FunctionName: `sluice-test-${name}`,
			Runtime: "nodejs24.x",
			Architectures: ["arm64"],
			Handler: "index.handler",
			TracingConfig: { Mode: "Active" },
			MemorySize: expect.any(Number),
			Timeout: expect.any(Number),
		});
		const logging = properties?.LoggingConfig as { readonly LogGroup: unknown } | undefined;
		const logGroupId = referred(logging?.LogGroup);
		expect(stack.resources("AWS::Logs::LogGroup")[logGroupId]?.Properties).toMatchObject({
			LogGroupName: `/aws/lambda/sluice-test-${name}`,
			RetentionInDays: 90,
			KmsKeyId: expect.anything(),
		});
	});

	it("given any two of them, they share no role, and no role has a managed policy", () => {
		const roles = [...functions.values()].map(({ Properties }) => referred(Properties.Role));

		expect(new Set(roles).size).toBe(roles.length);
		for (const { Properties } of Object.values(stack.resources("AWS::IAM::Role"))) {
			expect(Properties.ManagedPolicyArns).toBeUndefined();
		}
	});

	it.each(names)("given %s, sets exactly the variables that it reads", async (name) => {
		const { readEnvironment } = await import(`../../functions/${name}/environment.ts`);
		const own = variablesOf(name).filter((variable) => !variable.startsWith("POWERTOOLS_"));
		// This one is Lambda's own.
		const variables = ["AWS_REGION", ...own].map((variable) => [variable, "set"]);

		const read: object = readEnvironment(Object.fromEntries(variables));

		expect([...new Set(["AWS_REGION", ...Object.keys(read)])].toSorted()).toEqual(["AWS_REGION", ...own].toSorted());
	});

	it("given roll-back, keeps concurrency for it and lets nobody else take it", () => {
		const reserved = [...functions]
			.filter(([, { Properties }]) => Properties.ReservedConcurrentExecutions !== undefined)
			.map(([name, { Properties }]) => [name, Properties.ReservedConcurrentExecutions]);

		expect(reserved).toEqual([["roll-back", 100]]);
	});

	it("given functions that events invoke, bounds their retries and keeps what failed", () => {
		const configs = Object.values(stack.resources("AWS::Lambda::EventInvokeConfig"));
		const invoked = configs.map(({ Properties }) => referred(Properties.FunctionName));
		const expected = ["admit-release", "apply-command", "reconcile-services"];

		expect(invoked.toSorted()).toEqual(expected.map((name) => functions.get(name)?.id ?? "").toSorted());
		for (const { Properties } of configs) {
			expect(Properties).toMatchObject({
				MaximumEventAgeInSeconds: expect.any(Number),
				MaximumRetryAttempts: expect.any(Number),
				DestinationConfig: { OnFailure: { Destination: expect.anything() } },
			});
		}
	});
});

describe("functions and the cluster", () => {
	const clusterFunctions = [
		"admit-release",
		"collect-contents",
		"enrol-service",
		"ensure-capacity",
		"move-in-cluster-service",
		"prepare-canary",
		"retire-slot",
	];

	it("given a public endpoint, places no function in a VPC", () => {
		for (const { Properties } of functions.values()) expect(Properties.VpcConfig).toBeUndefined();
	});

	it("given a private endpoint, places those that speak to the cluster in the VPC and never those that move traffic", () => {
		const inVpc = synthesize(environmentConfig(["checkout"], { cluster: privateCluster }))("control-plane");

		const placed = [...functionsByName(inVpc)].filter(([, { Properties }]) => Properties.VpcConfig !== undefined);

		expect(placed.map(([name]) => name).toSorted()).toEqual(clusterFunctions);
		for (const [name, { Properties }] of placed) {
			expect(Properties.VpcConfig).toEqual({
				SubnetIds: privateCluster.network.subnetIds,
				SecurityGroupIds: [privateCluster.network.securityGroupId],
			});
			const denied = statementsOfFunction(inVpc, name).filter(({ effect }) => effect === "Deny");
			expect(denied.flatMap(({ actions }) => actions)).toContain("ec2:CreateNetworkInterface");
		}
	});

	it("given the functions that speak to the cluster, makes the cluster recognise these roles and no others", () => {
		const entries = Object.values(stack.resources("AWS::EKS::AccessEntry")).map(({ Properties }) => Properties);
		const roles = clusterFunctions.map((name) => referred(functions.get(name)?.Properties.Role));

		expect(entries.map(({ PrincipalArn }) => referred(PrincipalArn)).toSorted()).toEqual(roles.toSorted());
		for (const entry of entries) {
			const isEnrolling = referred(entry.PrincipalArn) === referred(functions.get("enrol-service")?.Properties.Role);
			const KubernetesGroups = ["sluice", ...(isEnrolling ? ["sluice-enrolment"] : [])];
			expect(entry).toMatchObject({ ClusterName: "shop", KubernetesGroups, Type: "STANDARD" });
		}
	});

	it("given an environment whose HTTPRoutes Sluice moves, recognises what moves traffic as well", () => {
		const cluster = { name: "shop", endpoint: "public", gatewayApi: true };
		const gateway = synthesize(environmentConfig(["checkout"], { cluster }))("control-plane");
		const byName = functionsByName(gateway);

		const entries = Object.values(gateway.resources("AWS::EKS::AccessEntry")).map(({ Properties }) => Properties);

		const moving = ["close-rollout", "open-trial", "roll-back", "shift-traffic", "watch-canary"];
		const expected = [...clusterFunctions, ...moving].map((name) => referred(byName.get(name)?.Properties.Role));
		expect(entries.map(({ PrincipalArn }) => referred(PrincipalArn)).toSorted()).toEqual(
			[...new Set(expected)].toSorted(),
		);
	});
});
