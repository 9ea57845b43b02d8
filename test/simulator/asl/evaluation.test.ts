import { describe, expect, it } from "vitest";
import {
	eventTypes,
	executionArnOf,
	invokeTask,
	machineArnOf,
	machineOf,
	outputOf,
	play,
	roleArn,
	setStage,
} from "./stage.ts";

describe("a template", () => {
	it("given expressions at any depth, evaluates each and keeps the literals", async () => {
		const output = await outputOf(
			{ a: ["{% $states.input.n + 1 %}", { b: "{% $states.input.list %}" }], c: null, d: "$states.input" },
			{ n: 1, list: [1, 2] },
		);

		expect(output).toEqual({ a: [2, { b: [1, 2] }], c: null, d: "$states.input" });
	});

	it("given null from an expression, keeps it as a value", async () => {
		expect(await outputOf({ v: "{% $states.input.x %}" }, { x: null })).toEqual({ v: null });
	});

	it("given an array of one from an earlier state, does not collapse it", async () => {
		const view = await play(
			{
				Collect: { Type: "Pass", Output: { list: "{% $states.input.items[] %}" }, Next: "Use" },
				Use: { Type: "Pass", Output: "{% $states.input.list %}", End: true },
			},
			{ items: ["only"] },
		);

		expect(view.output).toEqual(["only"]);
	});

	it.each<[string, string, unknown]>([
		["a path through an array of one is a scalar", "$states.input.one.p", 1],
		["p[] keeps the array", "$states.input.one.p[]", [1]],
		["$map over one element is a scalar", "$map($states.input.one, function($o) { $o.p })", 1],
		["missing = 1 is false", "$states.input.missing = 1", false],
		["$boolean([0]) is false", "$boolean([0])", false],
		["an empty filter in brackets is an empty array", "[$states.input.one[p = 9]]", []],
		[
			"$type tells text from object",
			"$type($states.input) = 'string' ? $parse($states.input) : $states.input.one.p",
			1,
		],
	])("given JSONata 2.0.6, %s", async (_, expression, expected) => {
		expect(await outputOf(`{% ${expression} %}`, { one: [{ p: 1 }] })).toEqual(expected);
	});

	it.each([
		["an empty filter", "$states.input.one[p = 9]"],
		["missing > 1", "$states.input.missing > 1"],
		["$max of nothing", "$max([])"],
		["a function", "$string"],
		["a lambda", "function($x) { $x }"],
	])("given %s, which is nothing, fails", async (_, expression) => {
		await expect(outputOf(`{% ${expression} %}`, { one: [{ p: 1 }] })).rejects.toThrow("returned nothing (undefined).");
	});
});

describe("$states.context", () => {
	it("given any state, tells of execution, machine and state", async () => {
		const stage = setStage({
			machines: {
				main: machineOf({
					Rest: { Type: "Wait", Seconds: 2, Next: "Tell" },
					Tell: { Type: "Pass", Output: "{% $states.context %}", End: true },
				}),
			},
		});

		const view = await stage.play({ a: 1 });

		expect(view.output).toEqual({
			Execution: {
				Id: executionArnOf("main", "x"),
				Input: { a: 1 },
				Name: "x",
				RoleArn: roleArn,
				StartTime: "2026-01-01T00:00:00.000Z",
				RedriveCount: 0,
			},
			State: { Name: "Tell", EnteredTime: "2026-01-01T00:00:02.000Z" },
			StateMachine: { Id: machineArnOf("main"), Name: "main" },
		});
	});
});

describe("an expression that fails", () => {
	it("given nothing, fails with AWS's text and an EvaluationFailed event", async () => {
		const view = await play({ Only: { Type: "Pass", Output: { a: [1, "{% $states.input.gone %}"] }, End: true } });

		const cause =
			"An error occurred while executing the state 'Only' (entered at the event id #2). " +
			"The JSONata expression '$states.input.gone' specified for the field 'Output/a[1]' returned nothing (undefined).";
		expect(view).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError", cause });
		expect(eventTypes(view)).toEqual(["ExecutionStarted", "PassStateEntered", "EvaluationFailed", "ExecutionFailed"]);
		expect(view.history?.[2]).toMatchObject({ state: "Only", location: "Output/a[1]", cause });
	});

	it("given a wrong type, says which was expected, which came and what it was", async () => {
		const view = await play({
			Only: { Type: "Choice", Choices: [{ Condition: "{% 1 %}", Next: "End" }], Default: "End" },
			End: { Type: "Succeed" },
		});

		expect(view.cause).toContain(
			"The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result type. " +
				"Expected 'boolean', but was 'number' for value: 1",
		);
	});

	it("given a type error inside, tells the library's code", async () => {
		const view = await play({ Only: { Type: "Pass", Output: "{% 1 + 'a' %}", End: true } });

		expect(view.error).toBe("States.QueryEvaluationError");
		expect(view.cause).toContain("for the field 'Output' threw an error during evaluation. T2002:");
	});

	it.each([
		["a rule's Output", { Choices: [{ Condition: true, Next: "End", Output: { v: "{% $states.input.gone %}" } }] }],
	])("given %s, names its place under the rule", async (_, fields) => {
		const view = await play({
			Only: { Type: "Choice", ...fields, Default: "End" },
			End: { Type: "Succeed" },
		});

		expect(view.cause).toContain("'Choices[0]/Output/v'");
	});

	it("given Arguments that fail, schedules nothing and can be caught by name", async () => {
		const view = await play({
			Ask: invokeTask({
				Arguments: { FunctionName: "f", Payload: "{% $states.input.gone %}" },
				Catch: [{ ErrorEquals: ["States.QueryEvaluationError"], Next: "End" }],
			}),
			End: { Type: "Succeed", Output: "{% $states.input.Error %}" },
		});

		expect(view.output).toBe("States.QueryEvaluationError");
		expect(eventTypes(view).slice(1, 4)).toEqual(["TaskStateEntered", "EvaluationFailed", "TaskStateExited"]);
	});
});
