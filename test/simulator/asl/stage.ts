import { createEngine, type Engine } from "../../../simulator/asl/engine.ts";
import type { EngineHooks, FunctionCall, StatesOperation } from "../../../simulator/asl/engine-hooks.ts";
import type { ExecutionView } from "../../../simulator/asl/execution-view.ts";
import { loadStateMachine } from "../../../simulator/asl/state-machine.ts";
import { TaskFailure } from "../../../simulator/asl/task-failure.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { VirtualClock } from "../../../simulator/kernel/timers.ts";

export const startEpochMs = Date.parse("2026-01-01T00:00:00.000Z");
export const roleArn = "arn:aws:iam::123456789012:role/machine";
export const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:judge";
export const machineArnOf = (name: string): string => `arn:aws:states:eu-west-1:123456789012:stateMachine:${name}`;
export const executionArnOf = (machine: string, name: string): string =>
	`arn:aws:states:eu-west-1:123456789012:execution:${machine}:${name}`;

type Json = Readonly<Record<string, unknown>>;

/** States of a machine, the first of which is where it starts. */
export type States = Readonly<Record<string, Json>>;

export const machineOf = (states: States, fields: Json = {}): Json => ({
	QueryLanguage: "JSONata",
	StartAt: Object.keys(states)[0],
	States: states,
	...fields,
});

/** A task that invokes the one function of the stage with the state input as payload. */
export const invokeTask = (fields: Json = {}): Json => ({
	Type: "Task",
	Resource: "arn:aws:states:::lambda:invoke",
	Arguments: { FunctionName: functionArn, Payload: "{% $states.input %}" },
	...("Next" in fields ? {} : { End: true }),
	...fields,
});

export interface StageOptions {
	readonly machines: Readonly<Record<string, Json>>;
	readonly seed?: number;
	/** What the function does; answers its payload unless said otherwise. */
	readonly answer?: (call: FunctionCall, stage: Stage) => unknown;
	readonly latencyMs?: (operation: StatesOperation) => number;
	/** `action resource` that the role may not do. */
	readonly denied?: (action: string, resourceArn: string) => boolean;
	readonly keepsHistory?: boolean;
}

/** A world of one function and some machines, in which every call is written down. */
export interface Stage {
	readonly engine: Engine;
	readonly clock: VirtualClock;
	readonly calls: FunctionCall[];
	readonly authorized: string[];
	readonly statusChanges: ExecutionView[];
	/** Milliseconds since the stage was set. */
	elapsedMs(): number;
	/** Starts an execution named `x` and runs until it has ended; further timers stay. */
	play(input?: unknown, machine?: string): Promise<ExecutionView>;
	view(machine?: string, name?: string): ExecutionView;
	sleep(milliseconds: number): Promise<void>;
}

export const setStage = (options: StageOptions): Stage => {
	const clock = new VirtualClock(startEpochMs);
	const first = Object.keys(options.machines)[0] ?? "";
	const hooks: EngineHooks = {
		invokeFunction: async (call) => {
			stage.calls.push(call);
			return options.answer === undefined ? call.payload : options.answer(call, stage);
		},
		authorize: (_role, action, resourceArn) => {
			stage.authorized.push(`${action} ${resourceArn}`);
			if (options.denied?.(action, resourceArn)) throw new TaskFailure("AccessDeniedException", `no ${action}`);
		},
		onStatusChange: (execution) => stage.statusChanges.push(execution),
		latencyMs: options.latencyMs ?? (() => 0),
	};
	const random = randomOf(options.seed ?? 1);
	const engine = createEngine({ timers: clock, random, hooks, keepsHistory: options.keepsHistory ?? true });
	for (const [name, definition] of Object.entries(options.machines)) {
		engine.register(loadStateMachine(machineArnOf(name), roleArn, definition));
	}
	const stage: Stage = {
		engine,
		clock,
		calls: [],
		authorized: [],
		statusChanges: [],
		elapsedMs: () => clock.nowEpochMs() - startEpochMs,
		play: async (input = {}, machine = first) => {
			engine.start({ machineArn: machineArnOf(machine), name: "x", input });
			const year = 365 * 86_400_000;
			await clock.run(startEpochMs + year, () => stage.view(machine).status !== "RUNNING");
			return stage.view(machine);
		},
		view: (machine = first, name = "x") => {
			const view = engine.describe(executionArnOf(machine, name));
			if (view === null) throw new Error(`No execution ${name} of ${machine}.`);
			return view;
		},
		sleep: (milliseconds) => new Promise((resolve) => clock.after(milliseconds, resolve)),
	};
	return stage;
};

/** Plays one machine made of these states. */
export const play = (
	states: States,
	input: unknown = {},
	options: Partial<StageOptions> = {},
): Promise<ExecutionView> => setStage({ machines: { main: machineOf(states) }, ...options }).play(input);

/** The output of a single Pass state with this Output. */
export const outputOf = async (output: unknown, input: unknown = {}): Promise<unknown> => {
	const view = await play({ Only: { Type: "Pass", Output: output, End: true } }, input);
	if (view.status !== "SUCCEEDED") throw new Error(view.cause);
	return view.output;
};

export const eventTypes = (view: ExecutionView): readonly string[] => (view.history ?? []).map(({ type }) => type);
