import { describe, expect, it } from "vitest";
import { TaskFailure } from "../../../simulator/asl/task-failure.ts";
import { eventTypes, executionArnOf, functionArn, invokeTask, machineOf, play, roleArn, setStage } from "./stage.ts";

const failing = (times: number, error = "StoreUnavailableError") => {
	let calls = 0;
	return () => {
		if (calls++ < times) throw new TaskFailure(error, JSON.stringify({ errorType: error, errorMessage: "no" }));
		return { calls };
	};
};
const retry = [{ ErrorEquals: ["StoreUnavailableError"], IntervalSeconds: 2, MaxAttempts: 2 }];
const handle = { Type: "Pass", Output: "{% $states.input %}", End: true };

describe("a task", () => {
	it("given Arguments, invokes the function with them and answers what the SDK answers", async () => {
		const stage = setStage({ machines: { main: machineOf({ Ask: invokeTask() }) }, answer: () => ({ kind: "go" }) });

		const view = await stage.play({ n: 1 });

		expect(stage.calls).toEqual([
			{ functionArn, payload: { n: 1 }, roleArn, executionArn: executionArnOf("main", "x"), stateName: "Ask" },
		]);
		expect(view.output).toEqual({
			ExecutedVersion: "$LATEST",
			Payload: { kind: "go" },
			SdkHttpMetadata: { AllHttpHeaders: {}, HttpHeaders: {}, HttpStatusCode: 200 },
			SdkResponseMetadata: { RequestId: expect.any(String) },
			StatusCode: 200,
		});
		expect(stage.authorized).toEqual([`lambda:InvokeFunction ${functionArn}`]);
	});

	it("given no Arguments, hands over the state input", async () => {
		const stage = setStage({ machines: { main: machineOf({ Ask: invokeTask({ Arguments: undefined }) }) } });

		await stage.play({ FunctionName: "judge", Payload: { n: 1 } });

		expect(stage.calls[0]).toMatchObject({ functionArn, payload: { n: 1 } });
	});

	it("given no function name at run time, fails with States.Runtime, which nothing catches", async () => {
		const view = await play({
			Ask: invokeTask({ Arguments: undefined, Catch: [{ ErrorEquals: ["States.ALL"], Next: "Handle" }] }),
			Handle: handle,
		});

		expect(view).toMatchObject({ status: "FAILED", error: "States.Runtime" });
	});

	it("given a payload and an answer, keeps both sides from changing each other's values", async () => {
		const answer = { list: [1], gone: undefined };
		const stage = setStage({
			machines: { main: machineOf({ Ask: invokeTask({ Output: "{% $states.result.Payload %}" }) }) },
			answer: ({ payload }) => {
				(payload as { n: number }).n = 9;
				return answer;
			},
		});

		const view = await stage.play({ n: 1 });
		answer.list.push(2);

		expect(view.input).toEqual({ n: 1 });
		expect(view.output).toStrictEqual({ list: [1] });
	});

	it("given a role that may not, fails after it started", async () => {
		const stage = setStage({ machines: { main: machineOf({ Ask: invokeTask() }) }, denied: () => true });

		const view = await stage.play();

		expect(view).toMatchObject({ status: "FAILED", error: "AccessDeniedException", cause: "no lambda:InvokeFunction" });
		expect(eventTypes(view).slice(2)).toEqual(["TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"]);
		expect(stage.calls).toEqual([]);
	});

	it("given an answer of more than 256 KiB, fails with States.DataLimitExceeded, which States.ALL does not catch", async () => {
		const states = {
			Ask: invokeTask({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "Handle" }] }),
			Handle: handle,
		};

		const view = await play(states, {}, { answer: () => "x".repeat(262_144) });

		expect(view).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
		expect(eventTypes(view)).toContain("TaskFailed");
	});
});

describe("Retry", () => {
	it("given failures that end, tries again after the delays and writes no event for it", async () => {
		const stage = setStage({
			machines: { main: machineOf({ Ask: invokeTask({ Retry: retry }) }) },
			answer: failing(2),
		});

		const view = await stage.play();

		expect(view.status).toBe("SUCCEEDED");
		expect(stage.elapsedMs()).toBe(6000);
		expect(eventTypes(view)).toEqual([
			...["ExecutionStarted", "TaskStateEntered"],
			...["TaskScheduled", "TaskStarted", "TaskFailed", "TaskScheduled", "TaskStarted", "TaskFailed"],
			...["TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"],
		]);
	});

	it("given failures that do not end, fails with the last error and its cause", async () => {
		const view = await play({ Ask: invokeTask({ Retry: retry }) }, {}, { answer: failing(9) });

		expect(view).toMatchObject({ status: "FAILED", error: "StoreUnavailableError" });
		expect(JSON.parse(view.cause ?? "")).toEqual({ errorType: "StoreUnavailableError", errorMessage: "no" });
		expect(eventTypes(view).filter((type) => type === "TaskFailed")).toHaveLength(3);
	});

	it("given a second visit, begins to count anew", async () => {
		const ask = invokeTask({ Retry: [{ ErrorEquals: ["Boom"], MaxAttempts: 1 }], Output: "{% $states.input %}" });
		let calls = 0;

		const view = await play(
			{
				First: { ...ask, End: undefined, Next: "Decide" },
				Decide: {
					Type: "Choice",
					Choices: [{ Condition: "{% $states.input.n = 1 %}", Next: "Again" }],
					Default: "End",
				},
				Again: { Type: "Pass", Output: { n: 2 }, Next: "First" },
				End: { Type: "Succeed" },
			},
			{ n: 1 },
			{
				answer: () => {
					if (calls++ % 2 === 0) throw new TaskFailure("Boom", "");
					return null;
				},
			},
		);

		expect(view.status).toBe("SUCCEEDED");
		expect(calls).toBe(4);
	});

	it("given a retry, tells its count in the context and evaluates Arguments anew", async () => {
		const ask = invokeTask({
			Arguments: { FunctionName: functionArn, Payload: ["{% $states.context.State.RetryCount %}", "{% $now() %}"] },
			Retry: retry,
		});
		const stage = setStage({ machines: { main: machineOf({ Ask: ask }) }, answer: failing(1) });

		await stage.play();

		expect(stage.calls.map(({ payload }) => payload)).toEqual([
			[0, "2026-01-01T00:00:00.000Z"],
			[1, "2026-01-01T00:00:02.000Z"],
		]);
	});

	it("given an Assign that fails, runs the task again: tasks must be idempotent", async () => {
		const ask = invokeTask({
			Assign: { n: "{% $states.result.Payload.gone %}" },
			Retry: [{ ErrorEquals: ["States.ALL"], MaxAttempts: 1 }],
		});
		const stage = setStage({ machines: { main: machineOf({ Ask: ask }) } });

		const view = await stage.play();

		expect(view.error).toBe("States.QueryEvaluationError");
		expect(stage.calls).toHaveLength(2);
		expect(eventTypes(view).slice(4, 7)).toEqual(["TaskSucceeded", "EvaluationFailed", "TaskScheduled"]);
	});
});

describe("Catch", () => {
	const states = (catcher: Readonly<Record<string, unknown>>) => ({
		Ask: invokeTask({
			Assign: { by: "task" },
			Output: "task",
			Retry: [{ ErrorEquals: ["Other"] }],
			Catch: [
				{ ErrorEquals: ["Other"], Next: "Handle" },
				{ ErrorEquals: ["States.TaskFailed"], Next: "Handle", ...catcher },
			],
		}),
		Handle: {
			Type: "Pass",
			Output: { by: "{% $exists($by) ? $by : 'nobody' %}", input: "{% $states.input %}" },
			End: true,
		},
	});

	it("given no Output, hands on the error and leaves the state's own Assign and Output alone", async () => {
		const view = await play(states({}), {}, { answer: failing(1, "Boom") });

		const cause = JSON.stringify({ errorType: "Boom", errorMessage: "no" });
		expect(view.output).toEqual({ by: "nobody", input: { Error: "Boom", Cause: cause } });
		expect(eventTypes(view).slice(4, 7)).toEqual(["TaskFailed", "TaskStateExited", "PassStateEntered"]);
	});

	it("given Assign and Output of its own, applies those", async () => {
		const catcher = { Assign: { by: "catcher" }, Output: "{% $states.errorOutput.Error & ' of ' & $states.input.n %}" };

		const view = await play(states(catcher), { n: 1 }, { answer: failing(1, "Boom") });

		expect(view.output).toEqual({ by: "catcher", input: "Boom of 1" });
	});

	it("given a catcher that fails itself, fails the execution", async () => {
		const view = await play(states({ Output: "{% $states.errorOutput.Gone %}" }), {}, { answer: failing(1, "Boom") });

		expect(view).toMatchObject({ status: "FAILED", error: "States.QueryEvaluationError" });
		expect(view.cause).toContain("'Catch[1]/Output'");
	});
});

describe("TimeoutSeconds", () => {
	const slow = { answer: (_: unknown, stage: { sleep(ms: number): Promise<void> }) => stage.sleep(5000) };

	it.each([3, "{% $states.input.limit %}"])(
		"given %j, times out without a cause, and ignores the late answer",
		async (limit) => {
			const stage = setStage({
				machines: { main: machineOf({ Ask: invokeTask({ TimeoutSeconds: limit }) }) },
				...slow,
			});

			const view = await stage.play({ limit: 3 });

			expect(stage.elapsedMs()).toBe(3000);
			expect(view).toMatchObject({ status: "FAILED", error: "States.Timeout" });
			expect(view.cause).toBeUndefined();
			expect(eventTypes(view).slice(3)).toEqual(["TaskStarted", "TaskTimedOut", "ExecutionFailed"]);
			await stage.clock.run(Number.POSITIVE_INFINITY);
			expect(stage.view().eventCount).toBe(6);
		},
	);

	it("given a request leg that takes longer, times out before the function is called", async () => {
		const stage = setStage({
			machines: { main: machineOf({ Ask: invokeTask({ TimeoutSeconds: 1 }) }) },
			latencyMs: (operation) => (operation === "lambda:Invoke" ? 1500 : 0),
		});

		const view = await stage.play();
		await stage.clock.run(Number.POSITIVE_INFINITY);

		expect(view.error).toBe("States.Timeout");
		expect(stage.calls).toEqual([]);
	});

	it("given States.TaskFailed, is not caught; given States.Timeout, is, with an error and no cause", async () => {
		const timed = (errors: readonly string[]) => ({
			Ask: invokeTask({ TimeoutSeconds: 1, Catch: [{ ErrorEquals: errors, Next: "Handle" }] }),
			Handle: handle,
		});

		expect(await play(timed(["States.TaskFailed"]), {}, slow)).toMatchObject({ status: "FAILED" });
		expect((await play(timed(["States.Timeout"]), {}, slow)).output).toEqual({ Error: "States.Timeout" });
	});

	it("given a wrong value at run time, fails", async () => {
		const view = await play({ Ask: invokeTask({ TimeoutSeconds: "{% 'soon' %}" }) });

		expect(view.cause).toContain("'TimeoutSeconds' returned an unexpected result type. Expected 'number'");
	});
});
