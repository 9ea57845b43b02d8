import { describe, expect, it } from "vitest";
import { InvalidStateMachineError } from "../../../simulator/asl/invalid-state-machine-error.ts";
import { loadStateMachine } from "../../../simulator/asl/state-machine.ts";
import { invokeTask, machineArnOf, machineOf, roleArn } from "./stage.ts";

const load = (definition: unknown) => loadStateMachine(machineArnOf("main"), roleArn, definition);
const pass = { Type: "Pass", End: true };
const only = (state: Readonly<Record<string, unknown>>) => machineOf({ X: state });
const choice = { Type: "Choice", Choices: [{ Condition: true, Next: "End" }], Default: "End" };

describe("loadStateMachine", () => {
	it("given a machine that uses all that is interpreted, accepts it", () => {
		const definition = machineOf(
			{
				Ask: invokeTask({
					Comment: "asks",
					QueryLanguage: "JSONata",
					TimeoutSeconds: "{% $states.input.limit %}",
					Assign: { kind: "{% $states.result.Payload.kind %}" },
					Output: { at: ["{% $now() %}"] },
					Retry: [
						{
							ErrorEquals: ["A", "States.Timeout"],
							IntervalSeconds: 1,
							MaxAttempts: 0,
							BackoffRate: 1.5,
							MaxDelaySeconds: 9,
							JitterStrategy: "FULL",
						},
						{ ErrorEquals: ["States.ALL"] },
					],
					Catch: [{ ErrorEquals: ["States.ALL"], Next: "Bad", Output: "{% $states.errorOutput.Error %}" }],
					Next: "Decide",
				}),
				Decide: {
					Type: "Choice",
					Choices: [{ Condition: "{% $kind = 'wait' %}", Next: "Wait", Assign: { n: 1 } }],
					Default: "Good",
				},
				Wait: { Type: "Wait", Seconds: 3, Next: "Good" },
				Good: { Type: "Succeed", Output: {} },
				Bad: { Type: "Fail", Error: "{% $states.input %}", Cause: "because" },
			},
			{ Comment: "all of it", TimeoutSeconds: 60, Version: "1.0" },
		);

		const machine = load(definition);

		expect(machine.name).toBe("main");
		expect([...machine.definition.states.keys()]).toEqual(["Ask", "Decide", "Wait", "Good", "Bad"]);
		expect(machine.definition.timeoutSeconds).toBe(60);
	});

	it("given a Map state, says which state, what, and what is allowed", () => {
		const loading = () => load(only({ Type: "Map", End: true }));

		expect(loading).toThrow(
			'machine "main", state "X": Type "Map" is not interpreted; allowed are Task, Choice, Wait, Pass, Succeed, Fail',
		);
		expect(loading).toThrow(InvalidStateMachineError);
	});

	it.each<[string, unknown, RegExp]>([
		["Parallel", only({ Type: "Parallel", End: true }), /Type "Parallel" is not interpreted/],
		["JSONPath by default", { StartAt: "X", States: { X: pass } }, /QueryLanguage undefined .*allowed are JSONata/],
		["JSONPath in a state", only({ ...pass, QueryLanguage: "JSONPath" }), /QueryLanguage "JSONPath"/],
		["a JSONPath field", only({ ...pass, ResultPath: "$.x" }), /field "ResultPath" is not interpreted/],
		["an unknown field", only({ ...pass, Nxet: "X" }), /state "X": field "Nxet" is not interpreted; allowed are/],
		["an unknown field of the machine", { ...only(pass), Foo: 1 }, /machine "main": field "Foo"/],
		["Credentials", only(invokeTask({ Credentials: {} })), /field "Credentials"/],
		["HeartbeatSeconds", only(invokeTask({ HeartbeatSeconds: 3 })), /field "HeartbeatSeconds"/],
		["a Wait until a timestamp", only({ Type: "Wait", Timestamp: "x", End: true }), /Seconds undefined/],
		["another integration", only(invokeTask({ Resource: "arn:aws:states:::sqs:sendMessage" })), /sqs:sendMessage/],
		["a resource expression", only(invokeTask({ Resource: "{% 'x' %}" })), /Resource "{% 'x' %}" is not interpreted/],
		["an unfilled resource", only(invokeTask({ Resource: "$".concat("{LambdaArn}") })), /Resource "\$\{LambdaArn\}"/],
		[
			"an argument",
			only(invokeTask({ Arguments: { FunctionName: "f", Qualifier: "1" } })),
			/Arguments: field "Qualifier"/,
		],
		["no function name", only(invokeTask({ Arguments: { Payload: 1 } })), /Arguments: FunctionName undefined/],
		["a Choice without Default", machineOf({ X: { ...choice, Default: undefined }, End: pass }), /Default undefined/],
		["a Choice without rules", machineOf({ X: { ...choice, Choices: [] }, End: pass }), /Choices \[\]/],
		[
			"a condition of text",
			machineOf({ X: { ...choice, Choices: [{ Condition: "yes", Next: "End" }] }, End: pass }),
			/Condition "yes"/,
		],
		[
			"a JSONPath rule",
			machineOf({ X: { ...choice, Choices: [{ Condition: true, Variable: "$.x", Next: "End" }] }, End: pass }),
			/Choices\[0\]: field "Variable"/,
		],
		["a Wait of half a second", only({ Type: "Wait", Seconds: 0.5, End: true }), /Seconds 0.5 is not valid/],
		["a negative Wait", only({ Type: "Wait", Seconds: -1, End: true }), /Seconds -1 is not valid/],
		["a timeout of 0", only(invokeTask({ TimeoutSeconds: 0 })), /TimeoutSeconds 0 is not valid/],
		["a machine's timeout as expression", { ...only(pass), TimeoutSeconds: "{% 3 %}" }, /TimeoutSeconds "{% 3 %}"/],
		["Retry on a Pass", only({ ...pass, Retry: [{ ErrorEquals: ["A"] }] }), /field "Retry"/],
		["Assign on Succeed", only({ Type: "Succeed", Assign: { a: 1 } }), /field "Assign"/],
		[
			"Assign that is an expression",
			only({ ...pass, Assign: "{% $states.input %}" }),
			/Assign .* an object of variables/,
		],
		["Next and End", only({ ...pass, Next: "X" }), /both Next and End/],
		["neither Next nor End", only({ Type: "Pass" }), /neither Next nor End/],
		["a Fail's error that is no text", only({ Type: "Fail", Error: 3 }), /Error 3 is not valid/],
		["not an object", [], /is not an object/],
	])("given %s, refuses it by name", (_, definition, message) => {
		expect(() => load(definition)).toThrow(message);
	});

	it.each<[string, unknown, RegExp]>([
		["StartAt that does not exist", { ...only(pass), StartAt: "Y" }, /StartAt "Y" is no state; allowed are X/],
		["a dangling Next", machineOf({ X: { Type: "Pass", Next: "Y" } }), /state "X": Next "Y" is no state/],
		["a dangling Default", machineOf({ X: { ...choice, Default: "Y" }, End: pass }), /Default "Y" is no state/],
		["a dangling Catch", only(invokeTask({ Catch: [{ ErrorEquals: ["A"], Next: "Y" }] })), /Catch\[0\]\/Next "Y"/],
		["a state that nothing leads to", machineOf({ X: pass, Y: pass }), /state "Y": cannot be reached/],
		["a machine without end", machineOf({ X: { Type: "Pass", Next: "X" } }), /no state ends it/],
	])("given %s, refuses it", (_, definition, message) => {
		expect(() => load(definition)).toThrow(message);
	});

	it.each<[string, unknown, RegExp]>([
		["States.ALL beside another", [{ ErrorEquals: ["States.ALL", "A"] }], /States.ALL must stand alone/],
		[
			"States.ALL before another",
			[{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["A"] }],
			/States.ALL must stand alone/,
		],
		["a misspelt predefined error", [{ ErrorEquals: ["States.TimeOut"] }], /ErrorEquals "States.TimeOut"/],
		["no errors", [{ ErrorEquals: [] }], /ErrorEquals \[\]/],
		["back-off below 1", [{ ErrorEquals: ["A"], BackoffRate: 0.5 }], /BackoffRate 0.5 .* 1 or more/],
		["an interval of 0", [{ ErrorEquals: ["A"], IntervalSeconds: 0 }], /IntervalSeconds 0/],
		["an interval expression", [{ ErrorEquals: ["A"], IntervalSeconds: "{% 1 %}" }], /IntervalSeconds "{% 1 %}"/],
		[
			"another jitter",
			[{ ErrorEquals: ["A"], JitterStrategy: "HALF" }],
			/JitterStrategy "HALF".*allowed are FULL, NONE/,
		],
		["an unknown field", [{ ErrorEquals: ["A"], MaxAttempt: 1 }], /Retry\[0\]: field "MaxAttempt"/],
	])("given a retrier with %s, refuses it", (_, retry, message) => {
		expect(() => load(only(invokeTask({ Retry: retry })))).toThrow(message);
	});

	it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
		["named states", { states: 1 }, /variable "states" is not valid/],
		["with a dot, as if one could assign a part", { "a.b": 1 }, /variable "a.b" is not valid/],
		["named like a function", { count: 1 }, /variable "count" has the name of a function/],
		[
			"too many",
			Object.fromEntries(Array.from({ length: 41 }, (_, n) => [`v${n}`, n])),
			/assigns 41 variables; allowed are 40/,
		],
	])("given variables %s, refuses them", (_, assign, message) => {
		expect(() => load(only({ ...pass, Assign: assign }))).toThrow(message);
	});

	it("given an ARN of something else, refuses it", () => {
		const loading = () => loadStateMachine("arn:aws:lambda:eu-west-1:123456789012:function:f", roleArn, only(pass));

		expect(loading).toThrow(/ARN .* is not valid; allowed is arn:aws:states/);
	});
});
