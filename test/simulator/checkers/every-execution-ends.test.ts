import { describe, expect, it } from "vitest";
import type { ExecutionView } from "../../../simulator/asl/execution-view.ts";
import { everyExecutionEnds } from "../../../simulator/checkers/every-execution-ends.ts";
import { checkedStage } from "./checked-stage.ts";

const view = (status: ExecutionView["status"]): ExecutionView => ({
	executionArn: "arn",
	machineArn: "arn",
	machineName: "sluice-production-watch",
	name: "w-1",
	status,
	input: {},
	startEpochMs: 0,
	state: "AwaitNextLook",
	eventCount: 9,
});

const rolloutId = "checkout-1";

describe("every execution ends", () => {
	it("given a busy service with nothing running for two minutes, then something, holds", async () => {
		const stage = checkedStage(everyExecutionEnds);

		stage.begin();
		await stage.look(120);
		stage.tellExecution("rollout", rolloutId, "RUNNING", { v: 1, rolloutId });
		await stage.look(3_600);
		stage.tellExecution("rollout", rolloutId, "SUCCEEDED", {});
		stage.write({ phase: "idle" }, ["rolloutId"]);
		await stage.look(3_600);

		expect(stage.broken()).toEqual([]);
	});

	it("given a busy service with nothing running, does not hold, and says so once", async () => {
		const stage = checkedStage(everyExecutionEnds);

		stage.begin();
		stage.tellExecution("rollout", rolloutId, "RUNNING", { v: 1, rolloutId });
		await stage.look(60);
		stage.tellExecution("rollout", rolloutId, "ABORTED", {});
		await stage.look(600);
		stage.write({ phase: "idle" }, ["rolloutId"]);

		expect(stage.broken()).toEqual([
			expect.stringMatching(/checkout had been preparing for 185 s with nothing running/),
		]);
	});

	it.each([
		["a rollback by name", { v: 1, rolloutId }, 0],
		[
			"a rollback for an alarm of the service",
			{ source: "aws.cloudwatch", detail: { alarmName: "checkout errors" } },
			0,
		],
		["a rollback for the end of its execution", { source: "aws.states", detail: { name: rolloutId } }, 0],
		["a rollback for the end of its closing", { source: "aws.states", detail: { name: `${rolloutId}-closing-7` } }, 0],
		["a rollback of another rollout", { v: 1, rolloutId: "checkout-2" }, 1],
		["a rollback for an alarm of another service", { source: "aws.cloudwatch", detail: { alarmName: "search" } }, 1],
	] as const)("given %s that runs, finds %j: %i times undriven", async (_, input, count) => {
		const stage = checkedStage(everyExecutionEnds);

		stage.begin();
		stage.tellExecution("rollback", "r", "RUNNING", input);
		await stage.look(600);
		stage.write({ phase: "idle" }, ["rolloutId"]);

		expect(stage.broken()).toHaveLength(count);
	});

	it("given a watch beside it, finds a rollout that nothing drives all the same", async () => {
		const stage = checkedStage(everyExecutionEnds);

		stage.begin();
		stage.tellExecution("watch", "w", "RUNNING", { v: 1, rolloutId });
		await stage.look(600);
		stage.write({ phase: "idle" }, ["rolloutId"]);

		expect(stage.broken()).toHaveLength(1);
	});

	it("given an end with something still running and a busy service, says both", () => {
		const stage = checkedStage(everyExecutionEnds);

		stage.executions.push(view("SUCCEEDED"), view("RUNNING"));
		stage.begin();

		expect(stage.broken()).toEqual([
			expect.stringMatching(/w-1 of sluice-production-watch was still running, in AwaitNextLook/),
			expect.stringMatching(/checkout was still preparing/),
		]);
	});
});
