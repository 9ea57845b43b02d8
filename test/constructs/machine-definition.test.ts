import { describe, expect, it } from "vitest";
import {
	InvalidMachineError,
	parseMachineDefinition,
	readMachineDefinition,
} from "../../lib/constructs/machine-definition.ts";
import { machineNames } from "../../lib/constructs/resource-name.ts";

/** As it stands in a file, braces and all. */
const placeholder = (name: string): string => `\${${name}}`;

const machine = (...tasks: readonly object[]): string =>
	JSON.stringify({
		QueryLanguage: "JSONata",
		StartAt: "Task0",
		States: Object.fromEntries(
			tasks.map((task, position) => [`Task${position}`, { Type: "Task", ...task, End: true }]),
		),
	});

const invoke = (target: string, suffix = "") => ({
	Resource: `arn:aws:states:::lambda:invoke${suffix}`,
	Arguments: { FunctionName: target },
});
const start = (target: string, suffix = "") => ({
	Resource: `arn:aws:states:::states:startExecution${suffix}`,
	Arguments: { StateMachineArn: target },
});

describe("a machine's definition", () => {
	it("given tasks of every kind, derives a call from each", () => {
		const yaml = machine(
			invoke(placeholder("PlanStepArn")),
			invoke(placeholder("AwaitPersonArn"), ".waitForTaskToken"),
			start(placeholder("RollbackMachineArn")),
			start(placeholder("WatchMachineArn"), ".sync:2"),
		);

		const { calls, placeholders } = parseMachineDefinition(yaml);

		expect(calls).toEqual([
			{ kind: "invoke", placeholder: "PlanStepArn" },
			{ kind: "invoke", placeholder: "AwaitPersonArn" },
			{ kind: "start", placeholder: "RollbackMachineArn" },
			{ kind: "run", placeholder: "WatchMachineArn" },
		]);
		expect(placeholders).toEqual(["AwaitPersonArn", "PlanStepArn", "RollbackMachineArn", "WatchMachineArn"]);
	});

	it("given a function that several tasks call, derives one call", () => {
		const { calls } = parseMachineDefinition(
			machine(invoke(placeholder("PlanStepArn")), invoke(placeholder("PlanStepArn"))),
		);

		expect(calls).toHaveLength(1);
	});

	it("given a placeholder outside of a task's target, asks for its value but for no grant", () => {
		const yaml = machine({
			...invoke(placeholder("PlanStepArn")),
			Output: { machine: placeholder("RolloutMachineArn") },
		});

		const { calls, placeholders } = parseMachineDefinition(yaml);

		expect(calls).toEqual([{ kind: "invoke", placeholder: "PlanStepArn" }]);
		expect(placeholders).toContain("RolloutMachineArn");
	});

	it.each([
		["an integration nobody knows", { Resource: "arn:aws:states:::aws-sdk:s3:deleteBucket", Arguments: {} }],
		["a target that is computed", invoke("{% $target %}")],
		["a target with more than a placeholder", invoke(`${placeholder("PlanStepArn")}:live`)],
		["no target", { Resource: "arn:aws:states:::lambda:invoke" }],
	])("given %s, refuses: no role could be derived", (_, task) => {
		expect(() => parseMachineDefinition(machine(task))).toThrow(InvalidMachineError);
	});

	it.each(machineNames)("given the file of %s, reads it", (name) => {
		const { calls, text } = readMachineDefinition(name);

		expect(calls.length).toBeGreaterThan(0);
		expect(JSON.parse(text)).toMatchObject({ QueryLanguage: "JSONata" });
	});
});
