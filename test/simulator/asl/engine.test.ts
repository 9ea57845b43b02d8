import { describe, expect, it } from "vitest";
import { TaskFailure } from "../../../simulator/asl/task-failure.ts";
import { eventTypes, executionArnOf, invokeTask, machineArnOf, machineOf, setStage, startEpochMs } from "./stage.ts";

const rest = machineOf({ Rest: { Type: "Wait", Seconds: 60, End: true } });
const machineArn = machineArnOf("main");
const executionArn = executionArnOf("main", "x");
const named = (name: string) => expect.objectContaining({ name });

describe("start", () => {
	it("given the same name and input while it runs, answers the one that runs", () => {
		const { engine } = setStage({ machines: { main: rest } });
		const first = engine.start({ machineArn, name: "x", input: { a: 1, b: [2] } });

		const second = engine.start({ machineArn, name: "x", input: { b: [2], a: 1 } });

		expect(first).toEqual({ executionArn, alreadyRunning: false });
		expect(second).toEqual({ executionArn, alreadyRunning: true });
		expect(engine.list()).toHaveLength(1);
	});

	it("given another input, or an execution that has ended, refuses the name", async () => {
		const stage = setStage({ machines: { main: rest } });
		await stage.play({ a: 1 });

		for (const input of [{ a: 1 }, { a: 2 }]) {
			expect(() => stage.engine.start({ machineArn, name: "x", input })).toThrow(named("ExecutionAlreadyExists"));
		}
	});

	it.each<[string, string, unknown, string]>([
		["an unknown machine", machineArnOf("gone"), {}, "StateMachineDoesNotExist"],
		["an input of more than 256 KiB", machineArn, "x".repeat(262_144), "InvalidExecutionInput"],
	])("given %s, refuses", (_, arn, input, error) => {
		const { engine } = setStage({ machines: { main: rest } });

		expect(() => engine.start({ machineArn: arn, input })).toThrow(named(error));
	});

	it.each(["", "a b", "a/b", "a:b", "x".repeat(81)])("given the name %j, refuses it", (name) => {
		const { engine } = setStage({ machines: { main: rest } });

		expect(() => engine.start({ machineArn, name, input: {} })).toThrow(named("InvalidName"));
	});

	it("given a start, runs no state before it has answered", () => {
		const stage = setStage({ machines: { main: rest } });

		stage.engine.start({ machineArn, name: "x", input: {} });

		expect(eventTypes(stage.view())).toEqual(["ExecutionStarted"]);
	});
});

describe("status changes", () => {
	it("given an execution, tells of its start and its end", async () => {
		const stage = setStage({ machines: { main: rest } });

		await stage.play({ a: 1 });

		expect(stage.statusChanges).toMatchObject([
			{ executionArn, machineArn, name: "x", status: "RUNNING", input: { a: 1 }, startEpochMs },
			{ status: "SUCCEEDED", output: { a: 1 }, stopEpochMs: startEpochMs + 60_000 },
		]);
	});
});

describe("stop", () => {
	it("given an execution that waits, ends it there and leaves no timer", async () => {
		const stage = setStage({ machines: { main: { ...rest, TimeoutSeconds: 900 } } });
		stage.clock.after(5000, () => stage.engine.stop(executionArn, "Superseded", "newer release"));

		const view = await stage.play();
		await stage.clock.run(Number.POSITIVE_INFINITY);

		expect(view).toMatchObject({ status: "ABORTED", error: "Superseded", cause: "newer release" });
		expect(eventTypes(view)).toEqual(["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]);
		expect(stage.view().stopEpochMs).toBe(startEpochMs + 5000);
	});

	it("given a function under way, lets it go on and ignores what it answers", async () => {
		let landed = false;
		const stage = setStage({
			machines: { main: machineOf({ Ask: invokeTask({ Next: "Ask2" }), Ask2: invokeTask() }) },
			answer: async (_, { sleep }) => {
				await sleep(1000);
				landed = true;
				throw new TaskFailure("Boom", "no");
			},
		});
		stage.clock.after(500, () => stage.engine.stop(executionArn));

		const view = await stage.play();
		await stage.clock.run(Number.POSITIVE_INFINITY);

		expect(landed).toBe(true);
		expect(stage.calls).toHaveLength(1);
		expect(view.eventCount).toBe(5);
		expect(stage.view()).toMatchObject({ status: "ABORTED", eventCount: 5 });
	});

	it("given a retry that is due, does not come to it", async () => {
		const stage = setStage({
			machines: { main: machineOf({ Ask: invokeTask({ Retry: [{ ErrorEquals: ["Boom"], IntervalSeconds: 10 }] }) }) },
			answer: () => {
				throw new TaskFailure("Boom", "no");
			},
		});
		stage.clock.after(5000, () => stage.engine.stop(executionArn));

		await stage.play();
		await stage.clock.run(Number.POSITIVE_INFINITY);

		expect(stage.calls).toHaveLength(1);
	});

	it("given a function that stops its own execution, records nothing after it", async () => {
		const stage = setStage({
			machines: { main: machineOf({ Ask: invokeTask() }) },
			answer: (_, { engine }) => engine.stop(executionArn),
		});

		const view = await stage.play();

		expect(view.status).toBe("ABORTED");
		expect(eventTypes(view).at(-1)).toBe("ExecutionAborted");
	});

	it("given any moment between two promises, ends there: no event and no call comes after it, and no child stays", async () => {
		const start = { StateMachineArn: machineArnOf("child"), Name: "c", Input: "{% $n %}" };
		const states = {
			Ask: invokeTask({ Assign: { n: "{% $states.result.Payload %}" }, Next: "Again" }),
			Again: invokeTask({ Retry: [{ ErrorEquals: ["Boom"] }], Next: "Start" }),
			Start: { Type: "Task", Resource: "arn:aws:states:::states:startExecution.sync:2", Arguments: start, End: true },
		};
		const endedIn = new Set<string | undefined>();
		const stopAt = async (callNumber: number, ticks: number): Promise<void> => {
			const stage = setStage({
				machines: { main: machineOf(states), child: rest },
				answer: (_, { calls, engine }) => {
					const stopLater = async (): Promise<void> => {
						for (let tick = 0; tick < ticks; tick++) await null;
						engine.stop(executionArn);
					};
					if (calls.length === callNumber) void stopLater();
					if (calls.length === 2) throw new TaskFailure("Boom", "no");
					return 1;
				},
			});
			const { state, status, eventCount } = await stage.play();
			const calls = stage.calls.length;
			await stage.clock.run(Number.POSITIVE_INFINITY);

			endedIn.add(state);
			expect(status).toBe("ABORTED");
			expect(stage.calls).toHaveLength(calls);
			expect(stage.view().eventCount).toBe(eventCount);
			expect(stage.view().history?.at(-1)?.type).toBe("ExecutionAborted");
			expect(stage.engine.list().every((view) => view.status === "ABORTED")).toBe(true);
		};

		for (let ticks = 0; ticks < 200; ticks++) {
			await stopAt(1, ticks);
			await stopAt(3, ticks);
		}

		expect([...endedIn].sort()).toEqual(["Again", "Ask", "Start"]);
	});

	it("given one that has ended, leaves it as it is; given none, says so", async () => {
		const stage = setStage({ machines: { main: rest } });
		await stage.play();

		stage.engine.stop(executionArn);

		expect(stage.view().status).toBe("SUCCEEDED");
		expect(() => stage.engine.stop(executionArnOf("main", "gone"))).toThrow(named("ExecutionDoesNotExist"));
	});
});

describe("a machine's TimeoutSeconds", () => {
	it("given a state that takes longer, ends the execution whatever it catches, with no error of its own", async () => {
		const ask = invokeTask({ Catch: [{ ErrorEquals: ["States.ALL"], Next: "End" }], Next: "End" });
		const stage = setStage({
			machines: { main: machineOf({ Ask: ask, End: { Type: "Succeed" } }, { TimeoutSeconds: 30 }) },
			answer: (_, { sleep }) => sleep(40_000),
		});

		const view = await stage.play();

		expect(stage.elapsedMs()).toBe(30_000);
		expect(view.status).toBe("TIMED_OUT");
		expect(view.error).toBeUndefined();
		expect(view.history?.at(-1)).toMatchObject({ type: "ExecutionTimedOut", error: "States.Timeout" });
	});
});

describe("describe and list", () => {
	it("given no such execution, answers null", () => {
		expect(setStage({ machines: { main: rest } }).engine.describe(executionArn)).toBeNull();
	});

	it("given an engine that keeps no history, counts events all the same", async () => {
		const view = await setStage({ machines: { main: rest }, keepsHistory: false }).play();

		expect(view).toMatchObject({ status: "SUCCEEDED", eventCount: 4 });
		expect(view).not.toHaveProperty("history");
	});
});

describe("determinism", () => {
	const rehearse = async (seed: number) => {
		const ask = invokeTask({
			Arguments: { FunctionName: "f", Payload: { id: "{% $uuid() %}", chance: "{% $random() %}" } },
			Retry: [{ ErrorEquals: ["Boom"], JitterStrategy: "FULL", MaxAttempts: 9, MaxDelaySeconds: 20 }],
			Output: "{% $states.result.Payload %}",
			TimeoutSeconds: 4,
		});
		let calls = 0;
		const stage = setStage({
			machines: { main: machineOf({ Ask: ask }) },
			seed,
			latencyMs: () => 3,
			answer: async ({ payload }, { sleep }) => {
				await sleep(7);
				if (calls++ % 4 !== 3) throw new TaskFailure("Boom", "no");
				return payload;
			},
		});
		for (const name of ["a", "b", "c"]) stage.engine.start({ machineArn, name, input: {} });
		await stage.clock.run(Number.POSITIVE_INFINITY);
		return stage.engine.list();
	};

	it("given the same seed, writes the same histories; given another, others", async () => {
		const first = await rehearse(1);

		expect(await rehearse(1)).toEqual(first);
		expect(await rehearse(2)).not.toEqual(first);
		expect(first.every(({ status }) => status === "SUCCEEDED")).toBe(true);
	});
});
