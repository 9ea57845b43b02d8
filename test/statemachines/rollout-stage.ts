import type { ExecutionView } from "../../simulator/asl/execution-view.ts";
import { TaskFailure } from "../../simulator/asl/task-failure.ts";
import { machineArnOf, machineOf, type Stage, setStage } from "../simulator/asl/stage.ts";
import { machineFiles } from "./machine-file.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a play may be given: everything else goes well, and promptly. */
export interface Script {
	/** Steps by their weights, percent; one with `approval` asks first. */
	readonly steps?: readonly { readonly weightPercent: number; readonly approval?: boolean }[];
	/** What each look finds, in turn: its kind; after the last one, the step passes or the window closes. */
	readonly looks?: readonly string[];
	/** What the function that shifts finds red before the first exposure, in turn: each is a question about these alarms. */
	readonly red?: readonly (readonly string[])[];
	/** Names of the errors that a function throws before it answers, one a call. */
	readonly failures?: { readonly of: string; readonly errors: readonly string[] };
	/** Jitter of retries. */
	readonly seed?: number;
}

/** What came of a play. */
export interface Played {
	readonly rollout: ExecutionView;
	/** Payloads of a function, in the order of its calls. */
	payloadsOf(functionName: string): readonly Json[];
	/** Executions of the rollback machine that were started. */
	readonly rollbacks: readonly ExecutionView[];
}

/** A machine as it stands in its file, every placeholder filled. */
export const filled = (name: string): Json => {
	const file = machineFiles.find((machine) => machine.name === name);
	const text = JSON.stringify(file?.definition ?? {})
		.replaceAll(/\$\{(\w+)MachineArn\}/g, (_, machine: string) => machineArnOf(machine.toLowerCase()))
		.replaceAll(/\$\{(\w+)Arn\}/g, "arn:aws:lambda:eu-west-1:123456789012:function:$1");
	return JSON.parse(text) as Json;
};

/** What a function is called in the machines' placeholders. */
export const functionNameOf = (functionArn: string): string => functionArn.slice(functionArn.lastIndexOf(":") + 1);

/** Seconds until a person answers. */
const answerSeconds = 90;

const usualSteps = [{ weightPercent: 25 }, { weightPercent: 100 }];
const anyone = { approvers: [], expiresSeconds: 86_400 };

/** What the functions answer in a rollout that goes well, but for what the script says. */
const answering = ({ steps = usualSteps, looks = [], red = [], failures }: Script) => {
	const leftLooks = [...looks];
	const leftRed = [...red];
	const leftErrors = [...(failures?.errors ?? [])];
	const planned = (index: number): Json => {
		const { approval = false, ...step } = steps[index] ?? {};
		if (index >= steps.length) return { kind: "promote" };
		return { kind: approval ? "approval" : "step", step, nextStepIndex: index + 1, approval: anyone };
	};
	const seen = (payload: Json): Json => {
		const usual = payload.mode === "trial" ? "pass" : payload.mode === "window" ? "close" : "moved";
		const kind = (payload.mode === "pause" ? undefined : leftLooks.shift()) ?? usual;
		const about = { explanation: `It was ${kind}.`, reason: "external-writer" };
		return { kind, round: Number(payload.round) + 1, evidence: null, ...about };
	};
	return (name: string, payload: Json, stage: Stage): Json => {
		const error = name === failures?.of ? leftErrors.shift() : undefined;
		if (error !== undefined) throw new TaskFailure(error, "{}");
		const atEpochMs = stage.clock.nowEpochMs();
		switch (name) {
			case "PlanStep":
				return planned(Number(payload.stepIndex));
			case "WatchCanary":
				return seen(payload);
			case "ShiftTraffic": {
				const askedAlarms = leftRed.shift();
				const question = { kind: "pause", reason: "environment-unhealthy", explanation: "Red.", askedAlarms };
				return askedAlarms === undefined ? { kind: "shifted", atEpochMs } : question;
			}
			case "AwaitPerson":
				stage.clock.after(answerSeconds * 1000, () => stage.engine.sendTaskSuccess(String(payload.token), {}));
				return {};
			default:
				return {
					kind: "ready",
					sinceEpochMs: null,
					atEpochMs,
					drainSeconds: 300,
					wantedReplicas: 1,
					selector: "untouched",
				};
		}
	};
};

/** Plays the rollout machine and its watches as they stand in the files; a rollback is only started. */
export const playRollout = async (script: Script = {}): Promise<Played> => {
	const answer = answering(script);
	const stage = setStage({
		machines: {
			rollout: filled("rollout"),
			watch: filled("watch"),
			rollback: machineOf({ Begun: { Type: "Succeed" } }),
		},
		seed: script.seed ?? 1,
		answer: ({ functionArn, payload }, self) => answer(functionNameOf(functionArn), payload as Json, self),
	});
	const rollout = await stage.play({ rolloutId: "checkout-1" });
	return {
		rollout,
		payloadsOf: (name) =>
			stage.calls
				.filter(({ functionArn }) => functionNameOf(functionArn) === name)
				.map(({ payload }) => payload as Json),
		rollbacks: stage.engine.list().filter(({ machineName }) => machineName === "rollback"),
	};
};
