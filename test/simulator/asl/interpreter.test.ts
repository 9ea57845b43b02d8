import { describe, expect, it } from "vitest";
import { eventTypes, invokeTask, machineOf, play, setStage } from "./stage.ts";

const decide = {
	Type: "Choice",
	Assign: { by: "default" },
	Output: "{% 'default' %}",
	Choices: [
		{ Condition: "{% $states.input.n > 10 %}", Next: "Tell", Assign: { by: "big" }, Output: "{% $states.input.n %}" },
		{ Condition: "{% $states.input.n > 5 %}", Next: "Tell", Assign: { by: "middle" } },
	],
	Default: "Tell",
};
const tell = { Type: "Pass", Output: { by: "{% $by %}", input: "{% $states.input %}" }, End: true };

describe("Choice", () => {
	it.each<[string, number, unknown]>([
		["the first rule that holds, applies the rule's Assign and Output", 11, { by: "big", input: 11 }],
		["a rule without Output, passes the input on", 6, { by: "middle", input: { n: 6 } }],
		["no rule that holds, applies the state's Assign and Output", 1, { by: "default", input: "default" }],
	])("given %s", async (_, n, expected) => {
		const view = await play({ Decide: decide, Tell: tell }, { n });

		expect(view.output).toEqual(expected);
	});

	it("given a condition after the one that holds, does not evaluate it", async () => {
		const choices = [
			{ Condition: true, Next: "End" },
			{ Condition: "{% $states.input.gone %}", Next: "End" },
		];

		const view = await play({ X: { Type: "Choice", Choices: choices, Default: "End" }, End: { Type: "Succeed" } });

		expect(view.status).toBe("SUCCEEDED");
	});
});

describe("Wait", () => {
	it.each<[unknown, number]>([
		[7, 7000],
		["{% $states.input.seconds * 2 %}", 6000],
		[0, 0],
	])("given Seconds %j, waits that long and passes the input on", async (seconds, expectedMs) => {
		const stage = setStage({ machines: { main: machineOf({ X: { Type: "Wait", Seconds: seconds, End: true } }) } });

		const view = await stage.play({ seconds: 3 });

		expect(stage.elapsedMs()).toBe(expectedMs);
		expect(view.output).toEqual({ seconds: 3 });
	});

	it.each(["-1", "0.5", "100000000", "'3'"])("given an expression that gives %s, fails", async (expression) => {
		const view = await play({ X: { Type: "Wait", Seconds: `{% ${expression} %}`, End: true } });

		expect(view).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
		expect(view.cause).toContain("'Seconds'");
	});
});

describe("Assign", () => {
	it("given values at entry, shows new ones from the next state on only", async () => {
		const view = await play({
			Set: { Type: "Pass", Assign: { a: 1, b: 2 }, Next: "Swap" },
			Swap: { Type: "Pass", Assign: { a: "{% $b %}", b: "{% $a %}" }, Output: ["{% $a %}", "{% $b %}"], Next: "Tell" },
			Tell: { Type: "Pass", Output: { before: "{% $states.input %}", now: ["{% $a %}", "{% $b %}"] }, End: true },
		});

		expect(view.output).toEqual({ before: [1, 2], now: [2, 1] });
	});

	it("given some variables, leaves the others as they are", async () => {
		const view = await play({
			Set: { Type: "Pass", Assign: { a: 1, b: { c: 2 } }, Next: "Change" },
			Change: { Type: "Pass", Assign: { a: 3 }, Next: "Tell" },
			Tell: { Type: "Pass", Output: ["{% $a %}", "{% $b.c %}"], End: true },
		});

		expect(view.output).toEqual([3, 2]);
	});

	it("given a variable that no state on the way assigned, fails", async () => {
		const view = await play({
			X: { Type: "Choice", Choices: [{ Condition: "{% $later = 1 %}", Next: "Y" }], Default: "Tell" },
			Y: { Type: "Pass", Assign: { later: 1 }, Next: "Tell" },
			Tell: { Type: "Pass", Output: "{% $later %}", End: true },
		});

		expect(view.cause).toContain("'$later' specified for the field 'Output' returned nothing (undefined).");
	});
});

describe("Pass, Succeed and Fail", () => {
	it("given no Output, hand the input on", async () => {
		const view = await play({ A: { Type: "Pass", Next: "B" }, B: { Type: "Succeed" } }, { a: 1 });

		expect(view).toMatchObject({ status: "SUCCEEDED", output: { a: 1 } });
	});

	it("given a Fail, ends with its error and cause and no exit", async () => {
		const view = await play(
			{ X: { Type: "Fail", Error: "{% $states.input.why %}", Cause: "said so" } },
			{ why: "Boom" },
		);

		expect(view).toMatchObject({ status: "FAILED", error: "Boom", cause: "said so" });
		expect(eventTypes(view)).toEqual(["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]);
	});
});

describe("history", () => {
	it("given every kind of state, writes AWS's events in AWS's order, numbered from 1", async () => {
		const view = await play({
			A: invokeTask({ Next: "B" }),
			B: { Type: "Choice", Choices: [{ Condition: false, Next: "D" }], Default: "C" },
			C: { Type: "Wait", Seconds: 1, Next: "D" },
			D: { Type: "Pass", Next: "E" },
			E: { Type: "Succeed" },
		});

		expect(eventTypes(view)).toEqual([
			"ExecutionStarted",
			...["TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited"],
			...["ChoiceStateEntered", "ChoiceStateExited", "WaitStateEntered", "WaitStateExited"],
			...["PassStateEntered", "PassStateExited", "SucceedStateEntered", "SucceedStateExited"],
			"ExecutionSucceeded",
		]);
		expect(view.history?.map(({ id }) => id)).toEqual(view.history?.map((_, index) => index + 1));
		expect(view.eventCount).toBe(15);
	});

	it("given a transition's latency, spends it before each state", async () => {
		const states = { A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", End: true } };
		const stage = setStage({
			machines: { main: machineOf(states) },
			latencyMs: (operation) => (operation === "states:Transition" ? 25 : 0),
		});

		const view = await stage.play();

		expect(stage.elapsedMs()).toBe(50);
		expect(view.history?.[1]?.atEpochMs).toBe(view.startEpochMs + 25);
	});

	it("given a loop without end, fails with the last event that fits", async () => {
		const loop = { Type: "Choice", Choices: [{ Condition: false, Next: "End" }], Default: "Loop" };

		const view = await play({ Loop: loop, End: { Type: "Succeed" } });

		expect(view).toMatchObject({ status: "FAILED", error: "States.Runtime", eventCount: 25_000 });
		expect(view.cause).toBe("The execution reached the maximum number of history events (25000).");
		expect(view.history?.at(-1)?.type).toBe("ExecutionFailed");
	});
});

describe("limits of payloads", () => {
	const big = "{% $join($map([1..200], function($n) { $pad('', 1400, 'x') })) %}";

	it.each<[string, Readonly<Record<string, unknown>>]>([
		["an Output", { Output: big }],
		["a variable", { Assign: { text: big } }],
	])("given %s of more than 256 KiB, fails", async (_, fields) => {
		const view = await play({ X: { Type: "Pass", ...fields, End: true } });

		expect(view).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
	});
});
