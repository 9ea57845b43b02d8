import { describe, expect, it } from "vitest";
import type { FunctionCall } from "../../../simulator/asl/engine-hooks.ts";
import { TaskFailure } from "../../../simulator/asl/task-failure.ts";
import { eventTypes, functionArn, invokeTask, machineOf, type Stage, setStage } from "./stage.ts";

const waitTask = (fields: Readonly<Record<string, unknown>> = {}) =>
	invokeTask({
		Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken",
		Arguments: { FunctionName: functionArn, Payload: { token: "{% $states.context.Task.Token %}" } },
		...fields,
	});
const tokenOf = (call: FunctionCall | undefined): string => (call?.payload as { token?: string })?.token ?? "none";
const setWaiting = (
	answer: (call: FunctionCall, stage: Stage) => unknown,
	fields: Readonly<Record<string, unknown>> = {},
) => setStage({ machines: { main: machineOf({ Ask: waitTask(fields) }) }, answer });

describe("lambda:invoke.waitForTaskToken", () => {
	it("given an answer to its token, ends with it and ignores what the function answered", async () => {
		const stage = setWaiting((call, { clock, engine }) => {
			clock.after(60_000, () => engine.sendTaskSuccess(tokenOf(call), { by: "a person" }));
			return { by: "the function" };
		});

		const view = await stage.play();

		expect(stage.elapsedMs()).toBe(60_000);
		expect(view).toMatchObject({ status: "SUCCEEDED", output: { by: "a person" } });
		expect(eventTypes(view).slice(2, 6)).toEqual(["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]);
	});

	it("given a failure sent to its token, fails with it", async () => {
		const stage = setWaiting((call, { clock, engine }) => {
			clock.after(1, () => engine.sendTaskFailure(tokenOf(call), "Refused", "no"));
		});

		const view = await stage.play();

		expect(view).toMatchObject({ status: "FAILED", error: "Refused", cause: "no" });
		expect(eventTypes(view).slice(4)).toEqual(["TaskSubmitted", "TaskFailed", "ExecutionFailed"]);
	});

	it("given a function that fails, fails with its error", async () => {
		const stage = setWaiting(() => {
			throw new TaskFailure("Boom", "no");
		});

		const view = await stage.play();

		expect(view).toMatchObject({ status: "FAILED", error: "Boom" });
		expect(eventTypes(view)).not.toContain("TaskSubmitted");
		expect(() => stage.engine.sendTaskSuccess(tokenOf(stage.calls[0]), {})).toThrow(
			"Provided task does not exist anymore",
		);
	});

	it("given an answer before the function has ended, goes on at once", async () => {
		const stage = setWaiting(async (call, { engine, sleep }) => {
			engine.sendTaskSuccess(tokenOf(call), "early");
			await sleep(9000);
			throw new TaskFailure("Boom", "too late to matter");
		});

		const view = await stage.play();
		await stage.clock.run(Number.POSITIVE_INFINITY);

		expect(view).toMatchObject({ status: "SUCCEEDED", output: "early" });
	});

	it("given an answer before the function has ended, does not write that it was submitted", async () => {
		const states = { Ask: waitTask({ Next: "Rest" }), Rest: { Type: "Wait", Seconds: 60, End: true } };
		const stage = setStage({
			machines: { main: machineOf(states) },
			answer: async (call, { engine, sleep }) => {
				engine.sendTaskSuccess(tokenOf(call), "early");
				await sleep(9000);
			},
		});

		const view = await stage.play();

		expect(eventTypes(view)).not.toContain("TaskSubmitted");
	});

	it("given nobody who answers, times out, and refuses the late answer", async () => {
		const stage = setWaiting(() => null, { TimeoutSeconds: 30 });

		const view = await stage.play();

		expect(stage.elapsedMs()).toBe(30_000);
		expect(view.error).toBe("States.Timeout");
		expect(eventTypes(view).slice(4)).toEqual(["TaskSubmitted", "TaskTimedOut", "ExecutionFailed"]);
		expect(() => stage.engine.sendTaskSuccess(tokenOf(stage.calls[0]), {})).toThrow(
			expect.objectContaining({ name: "TaskTimedOut" }),
		);
	});

	it("given a second answer, refuses it", async () => {
		const stage = setWaiting(() => null);
		const playing = stage.play();
		stage.clock.after(1, () => {
			const token = tokenOf(stage.calls[0]);
			stage.engine.sendTaskSuccess(token, 1);
			expect(() => stage.engine.sendTaskFailure(token, "Late")).toThrow(
				expect.objectContaining({ name: "TaskTimedOut" }),
			);
		});

		expect((await playing).output).toBe(1);
	});

	it("given a token that was never issued, says so by another name", () => {
		const { engine } = setWaiting(() => null);

		expect(() => engine.sendTaskSuccess("made up", {})).toThrow(expect.objectContaining({ name: "TaskDoesNotExist" }));
	});

	it("given a retry, issues a new token and gives up the old one", async () => {
		const stage = setWaiting(
			(call, { engine, calls }) => {
				if (calls.length === 2) engine.sendTaskSuccess(tokenOf(call), "second");
			},
			{ TimeoutSeconds: 5, Retry: [{ ErrorEquals: ["States.Timeout"] }] },
		);

		const view = await stage.play();

		const [first, second] = stage.calls.map(tokenOf);
		expect(view.output).toBe("second");
		expect(first).not.toBe(second);
		expect(() => stage.engine.sendTaskSuccess(first ?? "", {})).toThrow("does not exist anymore");
	});

	it("given an execution that was stopped, refuses the token from then on", async () => {
		const stage = setWaiting(() => null);
		stage.clock.after(10, () => stage.engine.stop(stage.view().executionArn));

		const view = await stage.play();

		expect(view.status).toBe("ABORTED");
		expect(() => stage.engine.sendTaskSuccess(tokenOf(stage.calls[0]), {})).toThrow("does not exist anymore");
	});

	it("given an output of more than 256 KiB, refuses it and leaves the token good", async () => {
		const stage = setWaiting((call, { clock, engine }) => {
			clock.after(1, () => {
				expect(() => engine.sendTaskSuccess(tokenOf(call), "x".repeat(262_144))).toThrow("too large");
				engine.sendTaskSuccess(tokenOf(call), "small");
			});
		});

		expect((await stage.play()).output).toBe("small");
	});
});

describe("Task.Token", () => {
	it("given a task that waits for none, does not exist", async () => {
		const ask = waitTask({ Resource: "arn:aws:states:::lambda:invoke" });

		const view = await setStage({ machines: { main: machineOf({ Ask: ask }) } }).play();

		expect(view.error).toBe("States.QueryEvaluationError");
	});
});
