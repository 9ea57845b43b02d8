import { describe, expect, it } from "vitest";
import { loadStateMachine } from "../../../simulator/asl/state-machine.ts";
import { invokeTask, machineArnOf, machineOf, roleArn } from "./stage.ts";

const load = (fields: Readonly<Record<string, unknown>>) => {
	const states = {
		X: invokeTask({ Assign: { kind: 1, list: [] }, Catch: [], ...fields }),
	};
	return loadStateMachine(machineArnOf("main"), roleArn, machineOf(states));
};
const withArguments = (expression: string) => () => load({ Catch: undefined, Arguments: `{% ${expression} %}` });

describe("references in an expression", () => {
	it.each([
		["a bare name", "phone", "Reference to 'phone' at the top level"],
		["a bare path", "phone.number", "Reference to 'phone' at the top level"],
		["$", "$.total", "Reference to '$' at the top level"],
		["$$", "$states.input[$$.x = 1]", "Reference to '$$' is not supported"],
		["a wildcard", "*", "Reference to '*' at the top level"],
		["a descendant", "**.x", "Reference to '**' at the top level"],
		["a bare name in a function's argument", "$exists(missing)", "Reference to 'missing'"],
		["a bare name in a lambda of the top level", "$map($list, function($v) { $v + b })", "Reference to 'b'"],
		["a bare name in an object", '{ "a": b }', "Reference to 'b'"],
		["a bare name in a condition", "$kind = 1 ? a : 2", "Reference to 'a'"],
		["a bare name in a block", "($x := 1; y)", "Reference to 'y'"],
		["a variable that nothing assigns", "$knid", "variable $knid is assigned nowhere; allowed are kind, list"],
		["$eval", "$eval('1')", "AWS has no $eval; allowed is $parse"],
		["$eval in a path", "$states.input.$eval('a')", "AWS has no $eval"],
		["$shuffle", "$shuffle($list)", "$shuffle draws from no seed"],
		["a date picture", "$toMillis('1', '[Y]')", "$toMillis with a picture is not interpreted"],
		["the whole of $states", "$states", "$states. does not exist here"],
		["an unknown part of $states", "$states.inptu", "$states.inptu does not exist here; allowed are $states.input"],
		["a result before it exists", "$states.result", "$states.result does not exist here"],
		["an error outside of a catcher", "$states.errorOutput", "$states.errorOutput does not exist here"],
		["a binding of $states", "($states := 1; 2)", "$states cannot be bound"],
		["an operator that AWS's version lacks", "$kind ?? 1", "is not JSONata 2.0.6"],
		["nothing at all", "", "is not JSONata 2.0.6"],
	])("given %s, refuses it and says where", (_, expression, message) => {
		expect(withArguments(expression)).toThrow(message);
		expect(withArguments(expression)).toThrow('machine "main", state "X": Arguments');
	});

	it.each([
		["a predicate", "$list[total > 10 and $.x = 1]"],
		["a later step", "$states.input.a.b"],
		["a block that is a step", "$states.input.(a + b)"],
		["a grouping", "$list{kind: total}"],
		["a sort", "$list^(>total)"],
		["a transform", '$states.input ~> |a|{ "b": c }|'],
		["a lambda inside a predicate", "$list[$exists(a)]"],
		["locals, parameters and positions", "($f := function($n) { $n + 1 }; $list#$i[$i = $f(0)])"],
		["a function as a value", "$map($list, $string)"],
		["a function of AWS", "$parse('1')"],
		["the context", "$states.context.Execution.Id"],
		["a regular expression", "$match('a', /a/)"],
	])("given names in %s, accepts them", (_, expression) => {
		expect(withArguments(expression)).not.toThrow();
	});

	it("given a result in Output and Assign, and an error in a catcher, accepts them", () => {
		const loading = () =>
			load({
				Assign: { kind: "{% $states.result.Payload %}" },
				Output: "{% $states.result %}",
				Catch: [{ ErrorEquals: ["A"], Next: "X", Assign: { problem: "{% $states.errorOutput.Error %}" } }],
			});

		expect(loading).not.toThrow();
	});

	it("given a result in a catcher, refuses it", () => {
		const loading = () => load({ Catch: [{ ErrorEquals: ["A"], Next: "X", Output: "{% $states.result %}" }] });

		expect(loading).toThrow("Catch[0]/Output");
	});

	it.each([" {% 1 %}", "{% 1 %} ", "a{% 1 %}", "{% 1", "1 %}"])(
		"given %j, which is an expression in part, refuses it",
		(text) => {
			const loading = () => load({ Catch: undefined, Arguments: { FunctionName: "f", Payload: [{ a: text }] } });

			expect(loading).toThrow("Arguments/Payload[0]/a");
			expect(loading).toThrow("allowed is {% … %} from the first character to the last");
		},
	);
});
