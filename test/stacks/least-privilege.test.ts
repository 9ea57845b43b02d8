import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { commandKind, commandVerbs } from "../../lib/domain/command.ts";
import { lifecycleSource } from "../../lib/domain/lifecycle-event.ts";
import { functionsByName, statementsIn, statementsOfFunction, statementsOfRole } from "./policy-statements.ts";
import { environmentConfig, privateCluster, synthesize } from "./synthesized-environment.ts";

const stack = synthesize(environmentConfig(["checkout"], { cluster: privateCluster }))("control-plane");
const names = [...functionsByName(stack).keys()];

/** What each method of a port calls. Reading state and catalog is left out: almost every function does. */
const actionOfMethod: Readonly<Record<string, readonly string[]>> = {
	"store.write": ["dynamodb:UpdateItem"],
	"store.admit": ["dynamodb:PutItem", "dynamodb:UpdateItem"],
	"store.listBusy": ["dynamodb:Query"],
	"history.append": ["dynamodb:PutItem"],
	"history.list": ["dynamodb:Query"],
	"catalog.publish": ["s3:PutObject", "s3:DeleteObject"],
	"catalog.withdraw": ["s3:DeleteObject"],
	"ledger.rememberPusher": ["dynamodb:PutItem"],
	"seats.grant": ["dynamodb:UpdateItem"],
	"seats.giveBack": ["dynamodb:UpdateItem"],
	"registry.newest": ["ecr:DescribeImages"],
	"registry.find": ["ecr:DescribeImages"],
	"executions.start": ["states:StartExecution"],
	"executions.stop": ["states:StopExecution"],
	"executions.status": ["states:DescribeExecution"],
	"executions.answer": ["states:SendTaskSuccess"],
	"events.publish": ["events:PutEvents"],
	"alarms.readRed": ["cloudwatch:DescribeAlarms"],
	"measurements.read": ["cloudwatch:GetMetricData"],
	"targetHealth.count": ["elasticloadbalancing:DescribeTargetHealth"],
	"router.open": ["elasticloadbalancing:CreateRule", "elasticloadbalancing:AddTags"],
	"router.shift": ["elasticloadbalancing:ModifyRule"],
	"router.adopt": ["elasticloadbalancing:ModifyRule"],
	"router.abandon": ["elasticloadbalancing:DeleteRule"],
	"router.read": ["elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags"],
	"record.enrol": ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
	"record.withdraw": ["dynamodb:PutItem", "dynamodb:DeleteItem"],
	"baseRoute.inspect": [
		"elasticloadbalancing:DescribeRules",
		"elasticloadbalancing:DescribeTags",
		"elasticloadbalancing:DescribeTargetGroups",
		"elasticloadbalancing:DescribeTargetGroupAttributes",
		"elasticloadbalancing:DescribeTargetHealth",
		"elasticloadbalancing:DescribeAccountLimits",
	],
	"baseRoute.routesTo": ["elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules"],
	"baseRoute.create": ["elasticloadbalancing:CreateRule", "elasticloadbalancing:AddTags"],
	"baseRoute.direct": ["elasticloadbalancing:ModifyRule"],
	"baseRoute.remove": ["elasticloadbalancing:DeleteRule"],
	"users.inspect": ["eks:DescribeCluster"],
	"workloads.": ["eks:DescribeCluster"],
	"contents.": ["eks:DescribeCluster"],
};

const sourceOf = (name: string): string => {
	const folder = fileURLToPath(new URL(`../../functions/${name}/`, import.meta.url));
	const read = (path: string): string => readFileSync(path, "utf8");
	const own = readdirSync(folder).map((file) => read(folder + file));
	// What several functions share lies beside their folders.
	const shared = [...own.join("\n").matchAll(/from "\.\.\/([a-z-]+\.ts)"/g)].map(([, file = ""]) => file);
	const paths = [...new Set([...shared, "rollout-payload.ts"])].map(
		(file) => new URL(`../../functions/${file}`, import.meta.url),
	);
	return [...own, ...paths.map((path) => read(fileURLToPath(path)))].join("\n");
};

const weighed = new Set(Object.values(actionOfMethod).flat());

describe("roles of functions", () => {
	it.each(names)("given what the ports of %s call, allows exactly that", (name) => {
		const source = sourceOf(name);
		const needed = Object.entries(actionOfMethod)
			.filter(([method]) => new RegExp(`\\b${method.replace(".", "\\.")}`).test(source))
			.flatMap(([, actions]) => actions);
		// Every use of the router reads rules and tags to find them.
		if (/\brouter\.[a-z]+\(/.test(source)) needed.push(...(actionOfMethod["router.read"] ?? []));

		const allowed = statementsOfFunction(stack, name)
			.filter(({ effect }) => effect === "Allow")
			.flatMap(({ actions }) => actions);

		expect([...new Set(allowed.filter((action) => weighed.has(action)))].toSorted()).toEqual(
			[...new Set(needed)].toSorted(),
		);
	});

	it.each(names)("given %s, changes only rules that carry the tag of its environment", (name) => {
		const changes = statementsOfFunction(stack, name).filter(({ actions }) =>
			actions.some((action) => /^elasticloadbalancing:(Create|Modify|Delete|Add|Remove)/.test(action)),
		);

		for (const { conditions } of changes)
			expect(JSON.stringify(conditions)).toMatch(/(Resource|Request)Tag\/sluice:environment":"test"/);
	});
});

describe("policies for people", () => {
	const policies = Object.entries(stack.resources("AWS::IAM::ManagedPolicy"));
	const statementsOf = (name: string) =>
		policies.filter(([id]) => id.startsWith(`People${name}`)).flatMap(([, policy]) => statementsIn(policy));

	it.each([
		["Approve", ["approve"]],
		["Operate", ["resume", "promote", "pause", "abort", "retry", "release"]],
	])("given %s, sends exactly its commands under the caller's own name, and reads the record", (name, verbs) => {
		const bus = Object.keys(stack.resources("AWS::Events::EventBus"))[0];

		const [statement, ...others] = statementsOf(name);

		expect(others.flatMap(({ actions }) => actions)).toEqual(["dynamodb:GetItem", "kms:Decrypt", "kms:DescribeKey"]);
		for (const { resources } of others) expect(resources).not.toContain("*");
		expect(statement).toEqual({
			effect: "Allow",
			actions: ["events:PutEvents"],
			resources: [{ "Fn::GetAtt": [bus, "Arn"] }],
			conditions: {
				StringEquals: {
					"events:source": `people/\${aws:userid}`,
					"events:detail-type": verbs.map((verb) => `command.${verb}.v1`),
				},
			},
		});
	});

	it("given both, every verb is somebody's, and none is both's", () => {
		const kinds = [...statementsOf("Approve"), ...statementsOf("Operate")].flatMap(({ conditions }) => {
			const { StringEquals = {} } = (conditions ?? {}) as { StringEquals?: Record<string, string | string[]> };
			return StringEquals["events:detail-type"] ?? [];
		});

		expect(kinds.toSorted()).toEqual(commandVerbs.map(commandKind).toSorted());
	});

	it("given Observe, reads table and definitions and changes nothing", () => {
		const actions = statementsOf("Observe").flatMap((statement) => statement.actions);

		expect(actions.toSorted()).toEqual([
			"dynamodb:GetItem",
			"dynamodb:Query",
			"dynamodb:Query",
			"kms:Decrypt",
			"kms:Decrypt",
			"kms:DescribeKey",
			"s3:GetObject",
			"s3:ListBucket",
		]);
		for (const { resources } of statementsOf("Observe")) expect(resources).not.toContain("*");
	});

	it("given Enrol, starts enrolments, asks how they ended and reads definitions, and nothing else", () => {
		const [reading, doing] = [true, false].map((isReading) =>
			statementsOf("Enrol").filter(({ actions }) => actions.some((action) => /^(s3|kms):/.test(action)) === isReading),
		);
		expect(reading?.flatMap(({ actions }) => actions).toSorted()).toEqual([
			"kms:Decrypt",
			"s3:GetObject",
			"s3:ListBucket",
		]);
		const allowed = doing?.map(({ actions, resources }) => [...actions, JSON.stringify(resources)].join());

		expect(allowed).toEqual([
			expect.stringMatching(/^states:StartExecution,.*:stateMachine:sluice-test-enrolment/),
			expect.stringMatching(/^states:DescribeExecution,.*:execution:sluice-test-enrolment:\*/),
		]);
	});

	it("given each, is attached to nobody and tells its ARN", () => {
		const told = JSON.stringify(stack.json.Outputs);

		expect(policies).toHaveLength(4);
		for (const [id, { Properties }] of policies) {
			expect(Properties).not.toHaveProperty("Roles");
			expect(Properties).not.toHaveProperty("ManagedPolicyName");
			expect(told).toContain(`{"Ref":"${id}"}`);
		}
	});

	it("given a function, speaks in nobody's name", () => {
		const speaking = names.flatMap((name) =>
			statementsOfFunction(stack, name).filter(({ actions }) => actions.includes("events:PutEvents")),
		);

		expect(speaking.length).toBeGreaterThan(5);
		for (const { conditions } of speaking)
			expect(conditions).toEqual({ StringEquals: { "events:source": lifecycleSource } });
	});
});

/** The only actions that may name no resource, because AWS knows none for them. */
const resourceless = [
	/^xray:/,
	/^logs:(Create|Get|Update|Delete|List)LogDeliver/,
	/^logs:(PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/,
	/^ec2:.*(NetworkInterface|PrivateIpAddresses|Subnets)/,
	/^elasticloadbalancing:Describe/,
	/^cloudwatch:(DescribeAlarms|GetMetricData)$/,
	/^states:SendTaskSuccess$/,
];

describe("all roles", () => {
	const roles = Object.keys(stack.resources("AWS::IAM::Role"));
	const allowed = roles.flatMap((role) => statementsOfRole(stack, role).filter(({ effect }) => effect === "Allow"));

	it("given every statement, names a resource unless AWS knows none", () => {
		const anywhere = allowed.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions);

		const unexplained = anywhere.filter((action) => !resourceless.some((pattern) => pattern.test(action)));

		expect(unexplained).toEqual([]);
	});

	it("given every statement, names its actions in full, but for one grant of CDK's", () => {
		const wild = allowed.flatMap(({ actions }) => actions).filter((action) => action.includes("*"));

		expect([...new Set(wild)]).toEqual(["kms:GenerateDataKey*"]);
	});

	it("given every role, may be taken on by one AWS service and nobody else", () => {
		for (const { Properties } of Object.values(stack.resources("AWS::IAM::Role"))) {
			const { Statement } = Properties.AssumeRolePolicyDocument as { Statement: readonly { Principal: object }[] };
			expect(Statement.map(({ Principal }) => Object.keys(Principal))).toEqual([["Service"]]);
		}
	});
});
