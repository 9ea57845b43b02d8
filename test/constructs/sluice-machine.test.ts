import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { InvalidMachineError, parseMachineDefinition } from "../../lib/constructs/machine-definition.ts";
import { SluiceFunction } from "../../lib/constructs/sluice-function.ts";
import { SluiceKey } from "../../lib/constructs/sluice-key.ts";
import { placeholderOf, SluiceMachine } from "../../lib/constructs/sluice-machine.ts";
import { readCdkContext } from "../../lib/stacks/cdk-context.ts";

/** As it stands in a file, braces and all. */
const placeholder = (name: string): string => `\${${name}}`;

const task = (resource: string, target: object) => ({ Type: "Task", Resource: resource, Arguments: target, End: true });

/** The template of a machine with one task, beside two functions. */
const templateOf = (...tasks: readonly object[]): Template => {
	const app = new App({
		builtinCloudFormationValidation: false,
		context: { ...readCdkContext(), "aws:cdk:bundling-stacks": [] },
	});
	const stack = new Stack(app, "Stack", { env: { account: "111122223333", region: "eu-central-1" } });
	const encryption = new SluiceKey(stack, "Key", { environment: "test" });
	const functions = ["plan-step", "roll-back"].map(
		(name) =>
			new SluiceFunction(stack, name, {
				environment: "test",
				name,
				memoryMb: 256,
				timeoutSeconds: 10,
				variables: {},
				encryption,
				asynchronous: "never",
				network: "none",
				concurrency: "shared",
			}),
	);
	const States = Object.fromEntries(tasks.map((state, position) => [`State${position}`, state]));
	const definition = parseMachineDefinition(JSON.stringify({ QueryLanguage: "JSONata", StartAt: "State0", States }));
	new SluiceMachine(stack, "Rollout", { environment: "test", name: "rollout", definition, functions, encryption });
	return Template.fromStack(stack);
};

/** Actions that the machine's role is granted on something. */
const grantsOf = (template: Template): Readonly<Record<string, unknown>> => {
	const policies = Object.entries(template.findResources("AWS::IAM::Policy"));
	const [, policy] = policies.find(([id]) => id.startsWith("RolloutRole")) ?? [];
	const statements: readonly { Action: string | string[]; Resource: unknown }[] =
		policy?.Properties.PolicyDocument.Statement ?? [];
	return Object.fromEntries(
		statements
			.filter(({ Resource }) => Resource !== "*")
			.map(({ Action, Resource }) => [[Action].flat().join(), Resource]),
	);
};

const arn = (kind: string, rest: string) => `arn:aws:states:eu-central-1:111122223333:${kind}:sluice-test-${rest}`;

describe("a machine", () => {
	it("given a task that calls a function, may invoke this function and no other", () => {
		const template = templateOf(task("arn:aws:states:::lambda:invoke", { FunctionName: placeholder("PlanStepArn") }));

		expect(grantsOf(template)).toEqual({
			"lambda:InvokeFunction": { "Fn::GetAtt": [expect.stringMatching(/^planstepFunction/), "Arn"] },
		});
	});

	it("given a task that starts a machine and goes on, may start it and nothing more", () => {
		const template = templateOf(
			task("arn:aws:states:::states:startExecution", { StateMachineArn: placeholder("RollbackMachineArn") }),
		);

		expect(grantsOf(template)).toEqual({ "states:StartExecution": arn("stateMachine", "rollback") });
	});

	it("given a task that waits for a machine's end, may also follow and end its executions", () => {
		const template = templateOf(
			task("arn:aws:states:::states:startExecution.sync:2", { StateMachineArn: placeholder("WatchMachineArn") }),
		);

		expect(grantsOf(template)).toEqual({
			"states:StartExecution": arn("stateMachine", "watch"),
			"states:DescribeExecution,states:StopExecution": arn("execution", "watch:*"),
			"events:DescribeRule,events:PutRule,events:PutTargets":
				"arn:aws:events:eu-central-1:111122223333:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule",
		});
	});

	it("given placeholders, fills those of the definition and keeps the flow readable in the template", () => {
		const template = templateOf(task("arn:aws:states:::lambda:invoke", { FunctionName: placeholder("PlanStepArn") }));

		template.hasResourceProperties("AWS::StepFunctions::StateMachine", {
			StateMachineName: "sluice-test-rollout",
			DefinitionString: Match.stringLikeRegexp("\\$\\{PlanStepArn\\}"),
			DefinitionSubstitutions: { PlanStepArn: { "Fn::GetAtt": [Match.stringLikeRegexp("^planstepFunction"), "Arn"] } },
		});
	});

	it.each([
		["a function that is not there", "arn:aws:states:::lambda:invoke", { FunctionName: placeholder("PlanStpeArn") }],
		[
			"a machine in a function's place",
			"arn:aws:states:::lambda:invoke",
			{ FunctionName: placeholder("WatchMachineArn") },
		],
		[
			"a function in a machine's place",
			"arn:aws:states:::states:startExecution",
			{ StateMachineArn: placeholder("PlanStepArn") },
		],
	])("given %s, refuses to synthesize", (_, resource, target) => {
		expect(() => templateOf(task(resource, target))).toThrow(InvalidMachineError);
	});
});

describe("a placeholder", () => {
	it.each([
		["shift-traffic", "Arn", "ShiftTrafficArn"],
		["move-in-cluster-service", "Arn", "MoveInClusterServiceArn"],
		["watch", "MachineArn", "WatchMachineArn"],
	] as const)("given %s, ends in %s as %s", (name, suffix, expected) => {
		expect(placeholderOf(name, suffix)).toBe(expected);
	});
});
