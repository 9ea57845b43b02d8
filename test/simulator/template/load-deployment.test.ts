import { describe, expect, it } from "vitest";
import { loadDeployment } from "../../../simulator/template/load-deployment.ts";
import { isAllowed } from "../../../simulator/template/permissions.ts";
import { rehearsedDeployment } from "../rehearsal.ts";
import { place, type Resources, roleFor, smallStack, stackOf } from "./small-stack.ts";

const load = (changed: Resources = {}) => loadDeployment([stackOf({ ...smallStack, ...changed })], place);

/** The small stack with other properties in one place. */
const changed = (logicalId: string, properties: object, more: object = {}): Resources => {
	const before = smallStack[logicalId];
	return {
		[logicalId]: {
			Type: "unknown",
			...before,
			Properties: { ...(before?.Properties as object), ...properties },
			...more,
		},
	};
};

const actArn = "arn:aws:lambda:eu-central-1:111122223333:function:sluice-eu-central-1";
const flowArn = "arn:aws:states:eu-central-1:111122223333:stateMachine:flow";

describe("a small deployment", () => {
	it("given a function, reads all that decides how it runs", () => {
		expect(load().functions).toEqual([
			{
				name: "sluice-eu-central-1",
				arn: actArn,
				roleArn: "arn:aws:iam::111122223333:role/small-ActRole",
				entry: "functions/plan-step",
				timeoutMs: 20_000,
				reservedConcurrency: 5,
				environment: { BUS_NAME: "sluice-small" },
				asyncInvoke: {
					maxRetries: 1,
					maxAgeSeconds: 60,
					deadLetterArn: "arn:aws:sqs:eu-central-1:111122223333:small-Dead",
				},
			},
		]);
	});

	it("given a function that says nothing of these, takes AWS's own defaults", () => {
		const bare = { Type: "AWS::Lambda::Function", Properties: { Role: { "Fn::GetAtt": ["ActRole", "Arn"] } } };

		expect(load({ Bare: bare }).functions.at(-1)).toEqual({
			name: "small-Bare",
			arn: "arn:aws:lambda:eu-central-1:111122223333:function:small-Bare",
			roleArn: "arn:aws:iam::111122223333:role/small-ActRole",
			entry: "",
			timeoutMs: 3_000,
			reservedConcurrency: null,
			environment: {},
			asyncInvoke: { maxRetries: 2, maxAgeSeconds: 21_600, deadLetterArn: null },
		});
	});

	it("given a machine, fills its placeholders in", () => {
		expect(load().machines).toEqual([
			expect.objectContaining({ arn: flowArn, definition: { StartAt: "Act", States: { Act: { Arn: actArn } } } }),
		]);
	});

	it("given rules, reads bus, pattern, targets and who may invoke", () => {
		const { rules, invokePermissions } = load();

		expect(rules.map(({ name, busName, pattern }) => ({ name, busName, pattern }))).toEqual([
			{ name: "small-Push", busName: "default", pattern: { source: ["aws.ecr"] } },
			{ name: "small-Alarmed", busName: "sluice-small", pattern: { source: ["aws.cloudwatch"] } },
		]);
		expect(rules.flatMap(({ targets }) => targets.map(({ arn, roleArn }) => [arn, roleArn]))).toEqual([
			[actArn, null],
			[flowArn, "arn:aws:iam::111122223333:role/small-StartRole"],
		]);
		expect([...invokePermissions]).toEqual([`${actArn} arn:aws:events:eu-central-1:111122223333:rule/small-Push`]);
	});

	it("given a rule that is disabled, it reaches nobody", () => {
		const [push] = load(changed("Push", { State: "DISABLED" })).rules;

		expect(push?.targets).toEqual([]);
	});

	it.each([{ Principal: "s3.amazonaws.com" }, { Action: "lambda:GetFunction" }])(
		"given a permission for %j, EventBridge may not invoke",
		(properties) => {
			expect(load(changed("PushPermission", properties)).invokePermissions.size).toBe(0);
		},
	);

	it("given policies inline and attached, a role may do what either says", () => {
		const attached = {
			Type: "AWS::IAM::Policy",
			Properties: {
				Roles: [{ Ref: "ActRole" }],
				PolicyDocument: { Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: "*" }] },
			},
		};
		const { statements } = load({ Attached: attached });
		const may = (roleName: string, action: string) =>
			isAllowed(statements.get(`arn:aws:iam::111122223333:role/${roleName}`) ?? [], {
				action,
				resource: "x",
				conditions: {},
			});

		expect([may("small-ActRole", "s3:GetObject"), may("small-ActRole", "s3:PutObject")]).toEqual([true, true]);
		expect(may("small-FlowRole", "s3:PutObject")).toBe(false);
	});

	it("given tables and buckets with keys of their own, knows which", () => {
		const key = { "Fn::GetAtt": ["Key", "Arn"] };
		const { encryptionKeys } = load({
			Key: { Type: "AWS::KMS::Key", Properties: {} },
			Table: {
				Type: "AWS::DynamoDB::GlobalTable",
				Properties: { TableName: "services", Replicas: [{ SSESpecification: { KMSMasterKeyId: key } }] },
			},
			Bucket: {
				Type: "AWS::S3::Bucket",
				Properties: {
					BucketEncryption: {
						ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: key } }],
					},
				},
			},
			Open: { Type: "AWS::S3::Bucket", Properties: {} },
		});

		const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/small-Key";
		expect([...encryptionKeys]).toEqual([
			["arn:aws:dynamodb:eu-central-1:111122223333:table/services", keyArn],
			["arn:aws:s3:::small-bucket", keyArn],
		]);
	});

	it("given two stacks, reads both and mixes no names up", () => {
		const stacks = [stackOf(smallStack), stackOf({ Dead: { Type: "AWS::SQS::Queue" } }, "second")];

		const names = [...loadDeployment(stacks, place).queues.values()];

		expect(names).toEqual(["small-Dead", "second-Dead"]);
	});

	it.each<[string, Resources, string]>([
		[
			"a type of resource that is not simulated",
			{ Odd: { Type: "AWS::Athena::WorkGroup" } },
			"Odd: resources of type AWS::Athena::WorkGroup are not simulated.",
		],
		[
			"an intrinsic function that is not simulated",
			changed("Push", { EventPattern: { "Fn::ImportValue": "x" } }),
			"Intrinsic function Fn::ImportValue is not simulated",
		],
		[
			"an attribute that is not simulated",
			changed("ActInvoke", { FunctionName: { "Fn::GetAtt": ["Act", "Version"] } }),
			"Act: attribute Version of AWS::Lambda::Function is not simulated",
		],
		["a reference to nothing", changed("Push", { EventBusName: { Ref: "Nowhere" } }), '"Nowhere" points at nothing'],
		[
			"a conditional resource",
			changed("Dead", {}, { Condition: "IsBig" }),
			"Dead: Condition of a resource is not simulated.",
		],
		[
			"an Express machine",
			changed("Flow", { StateMachineType: "EXPRESS" }),
			"Flow: state machines of type EXPRESS are not simulated.",
		],
		["a placeholder without a value", changed("Flow", { DefinitionSubstitutions: {} }), "Flow: substitution ActArn"],
		[
			"a managed policy",
			changed("ActRole", { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }),
			"ActRole: ManagedPolicyArns of a role is not simulated.",
		],
		[
			"a permissions boundary",
			changed("ActRole", { PermissionsBoundary: "x" }),
			"PermissionsBoundary of a role is not",
		],
		[
			"a role of elsewhere",
			changed("Act", { Role: "arn:aws:iam::1:role/x" }),
			"Role arn:aws:iam::1:role/x is not in the template.",
		],
		[
			"a function whose role Lambda may not take on",
			{ ActRole: roleFor("ec2.amazonaws.com") },
			"ActRole: the role does not let lambda.amazonaws.com assume it.",
		],
		[
			"a machine whose role Step Functions may not take on",
			{ FlowRole: roleFor("lambda.amazonaws.com") },
			"FlowRole: the role does not let states.amazonaws.com assume it.",
		],
		[
			"a target whose role EventBridge may not take on",
			{ StartRole: roleFor("states.amazonaws.com") },
			"StartRole: the role does not let events.amazonaws.com assume it.",
		],
	])("given %s, refuses it by name", (_, change, message) => {
		expect(() => load(change)).toThrow(message);
	});
});

describe("the real deployment", () => {
	const deployment = rehearsedDeployment();

	it("given the synthesized stacks, every function of ours has code, a role with statements and its variables", () => {
		const ours = deployment.functions.filter(({ entry }) => entry !== "");

		expect(ours.length).toBe(deployment.functions.length - 1);
		expect(new Set(ours.map(({ entry }) => entry)).size).toBe(ours.length);
		for (const { roleArn, environment } of ours) {
			expect(deployment.statements.get(roleArn)?.length).toBeGreaterThan(0);
			expect(Object.values(environment).join()).not.toMatch(/\$\{|Token\[/);
		}
	});

	it("given a rollback, its function alone has concurrency of its own", () => {
		const reserved = deployment.functions.filter(({ reservedConcurrency }) => reservedConcurrency !== null);

		expect(reserved.map(({ entry }) => entry)).toEqual(["functions/roll-back"]);
	});

	it("given its rules, each target leads to something of the deployment and has a dead-letter queue", () => {
		const known = new Set([
			...deployment.functions.map(({ arn }) => arn),
			...deployment.machines.map(({ arn }) => arn),
			...deployment.topics.keys(),
		]);
		const targets = deployment.rules.flatMap((rule) => rule.targets);

		expect(targets.length).toBe(deployment.rules.length);
		for (const { arn, properties } of targets) {
			expect(known).toContain(arn);
			expect(properties.DeadLetterConfig).toEqual({ Arn: expect.stringContaining(":sqs:") });
		}
	});

	it("given its registrations, there is one for each service of the configuration", () => {
		expect(deployment.registrations.map(({ stackName }) => stackName)).toEqual([
			"sluice-production-service-checkout",
			"sluice-production-service-payments",
			"sluice-production-service-search",
		]);
	});

	it("given table and bucket, both are encrypted with the same key", () => {
		const { encryptionKeys } = deployment;

		expect([...encryptionKeys.keys()].map((arn) => arn.split(":")[2]).sort()).toEqual(["dynamodb", "s3"]);
		expect(new Set(encryptionKeys.values()).size).toBe(1);
	});

	it("given a rule that is taken out while something refers to it, refuses the rest", () => {
		const withoutRule = () => rehearsedDeployment((stacks) => stacks.remove("AWS::Events::Rule", "TriggersCommand"));

		expect(withoutRule).toThrow(/A reference to "TriggersCommand\w+" points at nothing/);
	});
});
