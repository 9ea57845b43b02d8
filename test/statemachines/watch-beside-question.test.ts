import { describe, expect, it } from "vitest";
import type { ExecutionView } from "../../simulator/asl/execution-view.ts";
import { TaskFailure } from "../../simulator/asl/task-failure.ts";
import { machineArnOf, machineOf, type Stage, setStage } from "../simulator/asl/stage.ts";
import { filled, functionNameOf } from "./rollout-stage.ts";

type Json = Readonly<Record<string, unknown>>;

interface Play {
	readonly stage: Stage;
	readonly watches: () => readonly ExecutionView[];
	readonly payloadsOf: (name: string) => readonly Json[];
}

const step = { weightPercent: 25, judgedBy: "comparison", minBakeSeconds: 60, maxBakeSeconds: 300, approval: null };

/** Plays the watch machine with functions that answer as a test says, for so many seconds. */
const play = async (
	input: Json,
	seconds: number,
	answer: (name: string, payload: Json, stage: Stage) => Json,
): Promise<Play> => {
	const stage = setStage({
		machines: { watch: filled("watch"), rollback: machineOf({ Begun: { Type: "Succeed" } }) },
		answer: ({ functionArn, payload }, self) => answer(functionNameOf(functionArn), payload as Json, self),
	});
	stage.engine.start({
		machineArn: machineArnOf("watch"),
		name: "x",
		input: {
			rolloutId: "checkout-1",
			step,
			startEpochMs: 5,
			round: 0,
			evidence: null,
			capacityPercent: null,
			...input,
		},
	});
	await stage.clock.run(stage.clock.nowEpochMs() + seconds * 1000);
	return {
		stage,
		watches: () => stage.engine.list().filter(({ machineName }) => machineName === "watch"),
		payloadsOf: (name) =>
			stage.calls
				.filter(({ functionArn }) => functionNameOf(functionArn) === name)
				.map(({ payload }) => payload as Json),
	};
};

const capacity = { kind: "ready", wantedReplicas: 3, selector: "untouched" };
const looking = (payload: Json): Json => ({ kind: "keep-watching", round: Number(payload.round) + 1, evidence: null });

describe("a watch beside a question", () => {
	it("given metrics that fail for three days, is followed by one watch at a time, and somebody looks all the while", async () => {
		const { watches, payloadsOf } = await play({ v: 2, mode: "pause" }, 3 * 86_400, (name) => {
			if (name === "EnsureCapacity") return capacity;
			throw new TaskFailure("MeasurementsUnavailableError", "{}");
		});

		const statuses = watches().map(({ status }) => status);
		expect(statuses.filter((status) => status === "RUNNING")).toHaveLength(1);
		expect(new Set(statuses)).toEqual(new Set(["RUNNING", "SUCCEEDED"]));
		expect(
			watches()
				.map(({ name }) => name)
				.slice(0, 3),
		).toEqual(["x", "checkout-1-beside-5-1", "checkout-1-beside-5-2"]);
		expect(payloadsOf("WatchCanary").length).toBeGreaterThan(1_000);
	}, 30_000);

	it("given the pods that are wanted, hands them to the look; not knowing them, what was known last", async () => {
		let asked = 0;
		const { payloadsOf } = await play({ v: 2, mode: "pause" }, 200, (name, payload) => {
			if (name !== "EnsureCapacity") return looking(payload);
			asked += 1;
			if (asked > 1) throw new TaskFailure("WorkloadsUnavailableError", "{}");
			return capacity;
		});

		expect(payloadsOf("WatchCanary").map(({ wantedReplicas }) => wantedReplicas)).toEqual([3, 3, 3]);
	});

	it("given somebody else's hand on the in-cluster Service, goes on looking: a person is asked already", async () => {
		const { watches, payloadsOf } = await play({ v: 2, mode: "pause" }, 300, (name, payload) =>
			name === "EnsureCapacity"
				? { ...capacity, kind: "external-writer", explanation: "It is not ours." }
				: looking(payload),
		);

		expect(watches().map(({ status }) => status)).toEqual(["RUNNING"]);
		expect(payloadsOf("WatchCanary").length).toBeGreaterThan(2);
	});
});

describe("a watch of a step", () => {
	it("given an in-cluster Service that was put right, says so at the next round, and ends in a pause if it is set back", async () => {
		const { watches, payloadsOf } = await play({ v: 2, mode: "window" }, 300, (name, payload) => {
			if (name !== "EnsureCapacity") return looking(payload);
			return payload.selector === "untouched"
				? { ...capacity, selector: "mended" }
				: { ...capacity, selector: "mended", kind: "external-writer", explanation: "It is not ours." };
		});

		expect(payloadsOf("EnsureCapacity").map(({ selector }) => selector)).toEqual(["untouched", "mended"]);
		expect(watches()[0]).toMatchObject({
			status: "SUCCEEDED",
			output: { kind: "pause", reason: "external-writer", explanation: "It is not ours.", round: 1 },
		});
	});

	it.each([1, 2])("given a parent of version %i, tells the function which answers that one knows", async (v) => {
		const { payloadsOf } = await play({ v, mode: "trial" }, 10, (name, payload) =>
			name === "EnsureCapacity" ? capacity : { ...looking(payload), kind: "pass" },
		);

		expect(payloadsOf("WatchCanary")).toMatchObject([{ v }]);
	});
});
