import { describe, expect, it } from "vitest";
import {
	eventTypes,
	executionArnOf,
	invokeTask,
	machineArnOf,
	machineOf,
	type StageOptions,
	type States,
	setStage,
	startEpochMs,
} from "./stage.ts";

const startTask = (suffix: "" | ".sync:2", fields: Readonly<Record<string, unknown>> = {}) => ({
	Type: "Task",
	Resource: `arn:aws:states:::states:startExecution${suffix}`,
	Arguments: { StateMachineArn: machineArnOf("child"), Name: "c", Input: { n: "{% $states.input.n %}" } },
	...("Next" in fields ? {} : { End: true }),
	...fields,
});
const restingChild: States = {
	Rest: { Type: "Wait", Seconds: 10, Next: "End" },
	End: { Type: "Succeed", Output: { done: true } },
};
const setNested = (
	start: Readonly<Record<string, unknown>>,
	child: States = restingChild,
	options: Partial<StageOptions> = {},
) => setStage({ machines: { parent: machineOf({ Start: start }), child: machineOf(child) }, ...options });

describe("states:startExecution", () => {
	it("given a child, starts it and goes on", async () => {
		const stage = setNested(startTask(""));

		const view = await stage.play({ n: 1 });

		expect(stage.elapsedMs()).toBe(0);
		expect(view.output).toMatchObject({
			ExecutionArn: executionArnOf("child", "c"),
			StartDate: "2026-01-01T00:00:00.000Z",
		});
		expect(stage.view("child", "c")).toMatchObject({ status: "RUNNING", input: { n: 1 } });
		expect(stage.authorized).toEqual([`states:StartExecution ${machineArnOf("child")}`]);
		expect(eventTypes(view).slice(2, 5)).toEqual(["TaskScheduled", "TaskStarted", "TaskSucceeded"]);
	});

	it("given no name, makes one; given no input, hands over an empty object", async () => {
		const stage = setNested(startTask("", { Arguments: { StateMachineArn: machineArnOf("child") } }));

		await stage.play();

		const child = stage.engine.list().find(({ machineName }) => machineName === "child");
		expect(child?.name).toMatch(/^[0-9a-f-]{36}$/);
		expect(child?.input).toEqual({});
	});

	it.each<[string, unknown, object]>([
		["the same input while it runs, takes the one that runs", { n: 1 }, { status: "SUCCEEDED" }],
		["another input, fails", { n: 2 }, { status: "FAILED", error: "StepFunctions.ExecutionAlreadyExistsException" }],
	])("given a name in use with %s", async (_, input, expected) => {
		const stage = setNested(startTask(""));
		stage.engine.start({ machineArn: machineArnOf("child"), name: "c", input: { n: 1 } });

		expect(await stage.play(input)).toMatchObject(expected);
	});

	it("given a machine that does not exist, fails", async () => {
		const stage = setNested(startTask("", { Arguments: { StateMachineArn: machineArnOf("gone") } }));

		expect((await stage.play()).error).toBe("StepFunctions.StateMachineDoesNotExistException");
	});
});

describe("states:startExecution.sync:2", () => {
	it("given a child that succeeds, waits and answers its description with input and output parsed", async () => {
		const stage = setNested(startTask(".sync:2"), restingChild, {
			latencyMs: (operation) => (operation === "states:DescribeExecution" ? 500 : 0),
		});

		const view = await stage.play({ n: 1 });

		expect(stage.elapsedMs()).toBe(10_500);
		expect(view.output).toEqual({
			ExecutionArn: executionArnOf("child", "c"),
			Input: { n: 1 },
			InputDetails: { Included: true },
			Name: "c",
			Output: { done: true },
			OutputDetails: { Included: true },
			StartDate: startEpochMs,
			StateMachineArn: machineArnOf("child"),
			Status: "SUCCEEDED",
			StopDate: startEpochMs + 10_000,
		});
		expect(eventTypes(view).slice(2, 6)).toEqual(["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]);
	});

	it("given a child, needs the managed rule, the start, and to describe and stop it", async () => {
		const stage = setNested(startTask(".sync:2"));

		await stage.play({ n: 1 });

		const rule = "arn:aws:events:eu-west-1:123456789012:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";
		expect(stage.authorized).toEqual([
			...["PutTargets", "PutRule", "DescribeRule"].map((action) => `events:${action} ${rule}`),
			`states:StartExecution ${machineArnOf("child")}`,
			`states:DescribeExecution ${executionArnOf("child", "c")}`,
			`states:StopExecution ${executionArnOf("child", "c")}`,
		]);
	});

	it.each(["events:PutRule", "states:StartExecution", "states:StopExecution"])(
		"given a role without %s, starts nothing",
		async (action) => {
			const stage = setNested(startTask(".sync:2"), restingChild, { denied: (wanted) => wanted === action });

			const view = await stage.play({ n: 1 });

			expect(view).toMatchObject({ status: "FAILED", error: "AccessDeniedException" });
			expect(stage.engine.describe(executionArnOf("child", "c"))).toBeNull();
		},
	);

	it("given a child that fails, fails with States.TaskFailed and the description as cause", async () => {
		const stage = setNested(startTask(".sync:2"), { Bad: { Type: "Fail", Error: "Boom", Cause: "no" } });

		const view = await stage.play({ n: 1 });

		expect(view.error).toBe("States.TaskFailed");
		expect(JSON.parse(view.cause ?? "")).toMatchObject({
			Error: "Boom",
			Cause: "no",
			ExecutionArn: executionArnOf("child", "c"),
			Input: '{"n":1}',
			Status: "FAILED",
		});
	});

	it("given a child that is aborted, fails with States.TaskFailed", async () => {
		const stage = setNested(startTask(".sync:2"));
		stage.clock.after(1000, () => stage.engine.stop(executionArnOf("child", "c")));

		const view = await stage.play({ n: 1 });

		expect(view.error).toBe("States.TaskFailed");
		expect(JSON.parse(view.cause ?? "")).toMatchObject({ Status: "ABORTED" });
	});

	it("given a parent that is aborted, stops the child and its own child", async () => {
		const stage = setStage({
			machines: {
				parent: machineOf({ Start: startTask(".sync:2") }),
				child: machineOf({
					Start: startTask(".sync:2", { Arguments: { StateMachineArn: machineArnOf("grandchild"), Name: "g" } }),
				}),
				grandchild: machineOf({ Rest: { Type: "Wait", Seconds: 99, End: true } }),
			},
		});
		stage.clock.after(5000, () => stage.engine.stop(executionArnOf("parent", "x")));

		const view = await stage.play({ n: 1 });

		expect(view.status).toBe("ABORTED");
		expect(stage.view("child", "c")).toMatchObject({ status: "ABORTED", stopEpochMs: startEpochMs + 5000 });
		expect(stage.view("grandchild", "g")).toMatchObject({ status: "ABORTED" });
		expect(stage.statusChanges.filter(({ status }) => status === "ABORTED")).toHaveLength(3);
	});

	it("given a task that times out, stops the child", async () => {
		const stage = setNested(startTask(".sync:2", { TimeoutSeconds: 3 }));

		const view = await stage.play({ n: 1 });

		expect(view.error).toBe("States.Timeout");
		expect(stage.view("child", "c").status).toBe("ABORTED");
	});

	it("given a child that invokes functions, runs it to the end", async () => {
		const stage = setNested(startTask(".sync:2"), { Ask: invokeTask({ Output: "{% $states.result.Payload.n %}" }) });

		expect((await stage.play({ n: 4 })).output).toMatchObject({ Output: 4 });
	});
});
