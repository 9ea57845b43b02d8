import { describe, expect, it } from "vitest";
import type { ExecutionView } from "../../../simulator/asl/execution-view.ts";
import { withinAwsLimits } from "../../../simulator/checkers/within-aws-limits.ts";
import { checkedStage } from "./checked-stage.ts";

const usual: ExecutionView = {
	executionArn: "arn",
	machineArn: "arn",
	machineName: "sluice-production-watch",
	name: "w".repeat(80),
	status: "SUCCEEDED",
	input: "x".repeat(100_000),
	output: "x".repeat(100_000),
	startEpochMs: 0,
	eventCount: 12_500,
};

describe("limits of AWS", () => {
	it("given an execution, an event and a record of the largest size, holds", () => {
		const stage = checkedStage(withinAwsLimits);

		stage.executions.push(usual);
		stage.tell("text", { text: "x".repeat(260_000) });
		stage.edit({ definitionHash: "x".repeat(100_000) });

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		["a long history", { eventCount: 12_501 }, /events of .*: 12501; allowed are 12500/],
		["a long name", { name: "w".repeat(81) }, /characters in the name of .*: 81; allowed are 80/],
		["a large input", { input: "x".repeat(131_073) }, /bytes in the input of .*: 131075; allowed are 131072/],
		// Two bytes of UTF-8 each.
		["a large output", { output: "é".repeat(70_000) }, /bytes in the output of .*: 140002; allowed are 131072/],
	] as const)("given an execution with %s, does not hold", (_, change, sentence) => {
		const stage = checkedStage(withinAwsLimits);

		stage.executions.push({ ...usual, ...change });

		expect(stage.broken()).toEqual([expect.stringMatching(sentence)]);
	});

	it("given an event and a record that are too large, says both", () => {
		const stage = checkedStage(withinAwsLimits);

		stage.tell("text", { text: "x".repeat(262_144) });
		stage.edit({ definitionHash: "x".repeat(102_400) });

		expect(stage.broken()).toEqual([
			expect.stringMatching(/bytes in an event text: .*; allowed are 262144/),
			expect.stringMatching(/bytes in the record of checkout: .*; allowed are 102400/),
		]);
	});
});
