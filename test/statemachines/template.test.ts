import { describe, expect, it } from "vitest";
import { functionsByName, referred, statementsOfRole } from "../stacks/policy-statements.ts";
import { environmentConfig, synthesize } from "../stacks/synthesized-environment.ts";
import { type MachineFile, machineFiles } from "./machine-file.ts";

const stack = synthesize(environmentConfig(["checkout"]))("control-plane");
const machines = new Map(
	Object.values(stack.resources("AWS::StepFunctions::StateMachine")).map(({ Properties }) => [
		String(Properties.StateMachineName).replace("sluice-test-", ""),
		Properties,
	]),
);
const secondsById = new Map(
	[...functionsByName(stack).values()].map(({ id, Properties }) => [id, Number(Properties.Timeout)]),
);

const propertiesOf = (name: string): Readonly<Record<string, unknown>> => {
	const properties = machines.get(name);
	if (properties === undefined)
		throw new RangeError(`No machine ${name}; there are ${[...machines.keys()].join(", ")}.`);
	return properties;
};

/** Tasks as they are deployed, and what fills the placeholder of whom they call. */
const deployedTasks = (name: string) => {
	const { DefinitionString, DefinitionSubstitutions } = propertiesOf(name);
	const definition = JSON.parse(String(DefinitionString)) as MachineFile["definition"];
	const filled = DefinitionSubstitutions as Readonly<Record<string, unknown>>;
	return Object.entries(definition.States)
		.filter(([, { Type }]) => Type === "Task")
		.map(([state, { Resource = "", Arguments = {}, TimeoutSeconds }]) => ({
			state,
			resource: Resource,
			timeoutSeconds: TimeoutSeconds,
			called: filled[String(Arguments.FunctionName ?? Arguments.StateMachineArn).slice(2, -1)],
		}));
};

/** One permission as text: an action, and the resource as the template has it. */
const permission = (action: string, resource: unknown): string => `${action} ${JSON.stringify(resource)}`;

/** AWS's own rule, by which Step Functions learns that a child has ended. */
const childRule = "arn:aws:events:eu-central-1:111122223333:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";

/** What each integration needs, by the documentation of Step Functions. */
const permissionsFor = (resource: string, called: unknown): readonly string[] => {
	switch (resource) {
		case "arn:aws:states:::lambda:invoke":
		case "arn:aws:states:::lambda:invoke.waitForTaskToken":
			return [permission("lambda:InvokeFunction", called)];
		case "arn:aws:states:::states:startExecution":
			return [permission("states:StartExecution", called)];
		case "arn:aws:states:::states:startExecution.sync:2": {
			const executions = `${String(called).replace(":stateMachine:", ":execution:")}:*`;
			return [
				permission("states:StartExecution", called),
				...["states:DescribeExecution", "states:StopExecution"].map((action) => permission(action, executions)),
				...["events:PutTargets", "events:PutRule", "events:DescribeRule"].map((action) =>
					permission(action, childRule),
				),
			];
		}
		default:
			throw new RangeError(`Nobody knows what ${resource} needs.`);
	}
};

/** Delivery of its log and of traces: AWS knows no resource for them. */
const isTelemetry = (action: string): boolean => /^(logs|xray):/.test(action);

describe.each(machineFiles.map(({ name }) => name))("machine %s as it is deployed", (name) => {
	const tasks = deployedTasks(name);
	const allowed = statementsOfRole(stack, referred(propertiesOf(name).RoleArn)).filter(
		({ effect }) => effect === "Allow",
	);

	it("given a task that calls a function, waits longer than the function may run (D4)", () => {
		const calls = tasks.filter(({ resource }) => resource === "arn:aws:states:::lambda:invoke");
		const waits = calls.map(({ state, called, timeoutSeconds }) => ({
			state,
			isLonger: Number(timeoutSeconds) > (secondsById.get(referred(called)) ?? Number.POSITIVE_INFINITY),
		}));

		expect(waits.length).toBeGreaterThan(0);
		expect(waits.filter(({ isLonger }) => !isLonger)).toEqual([]);
	});

	it("given what its tasks call, its role allows that and nothing wider", () => {
		const needed = tasks.flatMap(({ resource, called }) => permissionsFor(resource, called));

		const granted = allowed.flatMap(({ actions, resources }) =>
			actions
				.filter((action) => !isTelemetry(action))
				.flatMap((action) => resources.map((resource) => permission(action, resource))),
		);

		expect([...new Set(granted)].toSorted()).toEqual([...new Set(needed)].toSorted());
	});

	it("given statements without a resource, they deliver logs and traces only", () => {
		const anywhere = allowed.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions);

		expect(anywhere.filter((action) => !isTelemetry(action))).toEqual([]);
	});
});

describe("a task that waits for a person", () => {
	it("given the shortest answer time that may be configured, still waits longer than its function may run", () => {
		const waiting = machineFiles.flatMap(({ name }) =>
			deployedTasks(name).filter(({ resource }) => resource.endsWith(".waitForTaskToken")),
		);

		expect(waiting.map(({ state }) => state)).toEqual(["AwaitPerson"]);
		for (const { called } of waiting) expect(secondsById.get(referred(called))).toBeLessThan(300);
	});
});
