import { describe, expect, it } from "vitest";
import { machineNames } from "../../lib/constructs/resource-name.ts";
import { functionsByName, referred } from "./policy-statements.ts";
import { environmentConfig, type Resource, synthesize } from "./synthesized-environment.ts";

const stack = synthesize(environmentConfig(["checkout"]))("control-plane");
const rules = Object.values(stack.resources("AWS::Events::Rule")).map(({ Properties }) => Properties);
const rollout = "arn:aws:states:eu-central-1:111122223333:stateMachine:sluice-test-rollout";

interface Target {
	readonly Arn: unknown;
	readonly [property: string]: unknown;
}

const targetsOf = (rule: Resource["Properties"] | undefined) => (rule?.Targets ?? []) as readonly Target[];

/** Name of whatever a target's ARN points to. */
const nameOf = (target: Target | undefined): unknown => {
	const id = referred(target?.Arn);
	const resources = stack.json.Resources as Record<string, Resource>;
	const { FunctionName, StateMachineName, TopicName } = resources[id]?.Properties ?? {};
	return FunctionName ?? StateMachineName ?? TopicName;
};

const ruleOf = (detailType: string, more: object = {}) =>
	rules.filter(({ EventPattern }) => {
		const pattern = (EventPattern ?? {}) as Record<string, unknown>;
		const matches = (pattern["detail-type"] as readonly string[] | undefined)?.includes(detailType) === true;
		return (
			matches &&
			Object.entries(more).every(([key, value]) =>
				JSON.stringify(pattern).includes(`"${key}":${JSON.stringify(value)}`),
			)
		);
	});

describe("what sets Sluice in motion", () => {
	it.each([
		["ECR Image Action", { source: ["aws.ecr"], "action-type": ["PUSH"], result: ["SUCCESS"] }, "admit-release", false],
		["CloudWatch Alarm State Change", { source: ["aws.cloudwatch"], value: ["ALARM"] }, "rollback", false],
		["command.approve.v1", { source: [{ prefix: "people/" }] }, "apply-command", true],
		["command.resume.v1", {}, "apply-command", true],
		["command.promote.v1", {}, "apply-command", true],
		["command.pause.v1", {}, "apply-command", true],
		["rollout.ended.v1", { source: ["sluice"] }, "admit-release", true],
		["service.needs-attention.v1", { source: ["sluice"] }, "pages", true],
		["rollout.paused.v1", { source: ["sluice"] }, "notices", true],
		["rollout.rolled-back.v1", { source: ["sluice"] }, "notices", true],
	])("given %s, one rule hands the event as it is to whom it concerns", (detailType, pattern, target, isOnOwnBus) => {
		const [rule, ...others] = ruleOf(detailType, pattern);

		expect(others).toEqual([]);
		expect(targetsOf(rule).map(nameOf)).toEqual([`sluice-test-${target}`]);
		expect(rule?.EventBusName !== undefined).toBe(isOnOwnBus);
	});

	it("given command.abort.v1, one rule starts the rollback itself and another one asks whether that may be", () => {
		const rules = ruleOf("command.abort.v1", { source: [{ prefix: "people/" }] });

		expect(rules.flatMap((rule) => targetsOf(rule).map(nameOf)).toSorted()).toEqual([
			"sluice-test-apply-command",
			"sluice-test-rollback",
		]);
		expect(rules.every(({ EventBusName }) => EventBusName !== undefined)).toBe(true);
	});

	it.each([
		["a rollout", "Rollout", "rollback"],
		["a rollback", "Rollback", "pages"],
	])("given %s that ended unplanned, tells whoever must act", (_, machine, target) => {
		const ended = ruleOf("Step Functions Execution Status Change", { status: ["FAILED", "TIMED_OUT", "ABORTED"] });

		const [rule] = ended.filter(({ EventPattern }) =>
			JSON.stringify(EventPattern).includes(`"Ref":"${machine}Machine`),
		);

		expect(targetsOf(rule).map(nameOf)).toEqual([`sluice-test-${target}`]);
	});

	it.each([
		["rate(1 minute)", "reconcile-services", 60],
		["rate(5 minutes)", "admit-release", 300],
	])("given %s, %s looks, and not later than the next look", (expression, target, seconds) => {
		const due = rules.filter(({ ScheduleExpression }) => ScheduleExpression === expression).flatMap(targetsOf);

		expect(due.map(nameOf)).toEqual([`sluice-test-${target}`]);
		expect(due[0]?.RetryPolicy).toMatchObject({ MaximumEventAgeInSeconds: seconds });
	});

	it("given all schedules, there are two", () => {
		expect(rules.filter(({ ScheduleExpression }) => ScheduleExpression !== undefined)).toHaveLength(2);
	});

	it("given any target, retries within bounds, keeps what it could not deliver and changes nothing in the event", () => {
		const targets = rules.flatMap(targetsOf);

		expect(targets).toHaveLength(13);
		for (const target of targets) {
			expect(target).toMatchObject({
				DeadLetterConfig: { Arn: expect.anything() },
				RetryPolicy: { MaximumEventAgeInSeconds: expect.any(Number), MaximumRetryAttempts: expect.any(Number) },
			});
			expect(target).not.toHaveProperty("InputTransformer");
			expect(target).not.toHaveProperty("Input");
		}
	});
});

describe("machines", () => {
	const machines = Object.values(stack.resources("AWS::StepFunctions::StateMachine")).map(
		({ Properties }) => Properties,
	);

	it("given the three of them, logs every step without its data, and traces", () => {
		expect(machines.map(({ StateMachineName }) => StateMachineName).toSorted()).toEqual(
			machineNames.map((name) => `sluice-test-${name}`).toSorted(),
		);
		for (const machine of machines) {
			expect(machine).toMatchObject({
				StateMachineType: "STANDARD",
				LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false, Destinations: [expect.anything()] },
				TracingConfiguration: { Enabled: true },
			});
		}
	});

	it("given any placeholder in a definition, fills it", () => {
		for (const { DefinitionString, DefinitionSubstitutions } of machines) {
			const placeholders = [...String(DefinitionString).matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name ?? "");
			expect(Object.keys(DefinitionSubstitutions as object).toSorted()).toEqual([...new Set(placeholders)].toSorted());
		}
	});

	it("given any state that calls a function, waits longer than the function may run", () => {
		const timeouts = new Map(
			[...functionsByName(stack).values()].map(({ id, Properties }) => [id, Number(Properties.Timeout)]),
		);

		const waits = machines.flatMap(({ DefinitionString, DefinitionSubstitutions }) => {
			const { States } = JSON.parse(String(DefinitionString)) as { States: Record<string, Record<string, unknown>> };
			return Object.entries(States)
				.filter(([, { Resource }]) => Resource === "arn:aws:states:::lambda:invoke")
				.map(([state, { Arguments, TimeoutSeconds }]) => {
					const placeholder = String((Arguments as { FunctionName: string }).FunctionName).slice(2, -1);
					const functionId = referred((DefinitionSubstitutions as Record<string, unknown>)[placeholder]);
					return { state, waitsSeconds: Number(TimeoutSeconds), runsSeconds: timeouts.get(functionId) ?? Number.NaN };
				});
		});

		expect(waits.length).toBeGreaterThan(10);
		expect(waits.filter(({ waitsSeconds, runsSeconds }) => !(waitsSeconds > runsSeconds))).toEqual([]);
	});
});

describe("what is kept", () => {
	it("given the table, can be recovered to any second and is not deleted with the stack", () => {
		const [table] = Object.values(stack.resources("AWS::DynamoDB::GlobalTable"));

		expect(table).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
		expect(table?.Properties).toMatchObject({
			TableName: "sluice-test-services",
			KeySchema: [
				{ AttributeName: "service", KeyType: "HASH" },
				{ AttributeName: "item", KeyType: "RANGE" },
			],
			GlobalSecondaryIndexes: [
				{
					IndexName: "busy",
					KeySchema: [
						{ AttributeName: "busy", KeyType: "HASH" },
						{ AttributeName: "service", KeyType: "RANGE" },
					],
					Projection: { ProjectionType: "ALL" },
				},
			],
			SSESpecification: { SSEEnabled: true, SSEType: "KMS" },
			Replicas: [
				{ DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
			],
		});
	});

	it("given the catalog, keeps versions, is closed to the public and refuses plain HTTP", () => {
		const [bucket] = Object.values(stack.resources("AWS::S3::Bucket"));
		const [policy] = Object.values(stack.resources("AWS::S3::BucketPolicy"));

		expect(bucket).toMatchObject({ DeletionPolicy: "Retain" });
		expect(bucket?.Properties).toMatchObject({
			VersioningConfiguration: { Status: "Enabled" },
			PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
			BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true }] },
		});
		expect(JSON.stringify(policy)).toContain('"Effect":"Deny","Principal":{"AWS":"*"}');
	});

	it("given the key, rotates it and outlives the stack", () => {
		const [key] = Object.values(stack.resources("AWS::KMS::Key"));

		expect(key).toMatchObject({ DeletionPolicy: "Retain", Properties: { EnableKeyRotation: true } });
	});
});

describe("who is told", () => {
	it("given a dead letter, pages", () => {
		const alarms = Object.values(stack.resources("AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);

		expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual(["sluice-test-undelivered", "sluice-test-unhandled"]);
		for (const alarm of alarms) {
			expect(alarm).toMatchObject({ ComparisonOperator: "GreaterThanThreshold", Threshold: 0, EvaluationPeriods: 1 });
			expect((alarm.AlarmActions as readonly unknown[]).map((Arn) => nameOf({ Arn }))).toEqual(["sluice-test-pages"]);
		}
	});

	it("given a topic, encrypts, refuses plain HTTP and lets no account but this one publish", () => {
		const topics = Object.values(stack.resources("AWS::SNS::Topic"));
		const policies = Object.values(stack.resources("AWS::SNS::TopicPolicy")).map((policy) => JSON.stringify(policy));

		expect(topics).toHaveLength(2);
		for (const { Properties } of topics) expect(Properties.KmsMasterKeyId).toBeDefined();
		for (const policy of policies) {
			expect(policy).toContain('"aws:SecureTransport":"false"');
			expect(policy).toContain('"aws:SourceAccount":"111122223333"');
			expect(policy).not.toContain("events.amazonaws.com");
		}
	});
});

describe("the template as a whole", () => {
	it("given one service or three, does not change (D15)", () => {
		const withThree = synthesize(environmentConfig(["checkout", "payments", "search"]))("control-plane");

		expect(withThree.json).toEqual(stack.json);
	});

	it("given the same configuration twice, is the same", () => {
		const again = synthesize(environmentConfig(["checkout"]))("control-plane");

		expect(JSON.stringify(again.json)).toBe(JSON.stringify(stack.json));
	});

	it("given other stacks that come and go, exports nothing and imports nothing", () => {
		const text = JSON.stringify(stack.json);

		expect(text).not.toContain("Fn::ImportValue");
		expect(text).not.toContain("Fn::GetStackOutput");
		expect(text).not.toContain('"Export"');
	});

	it("given rollback executions that functions name before they exist, names them as the machine will be named", () => {
		const [admit] = [...functionsByName(stack)].filter(([name]) => name === "admit-release").map(([, one]) => one);

		expect(admit?.Properties.Environment).toMatchObject({ Variables: { ROLLOUT_MACHINE_ARN: rollout } });
	});
});
