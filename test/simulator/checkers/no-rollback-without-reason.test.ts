import { describe, expect, it } from "vitest";
import { noRollbackWithoutReason } from "../../../simulator/checkers/no-rollback-without-reason.ts";
import { candidateDigest, checkedStage } from "./checked-stage.ts";

const makeStage = () => {
	const stage = checkedStage(noRollbackWithoutReason);
	const { clock } = stage;
	stage.begin();
	return {
		...stage,
		expose: () => stage.write({ phase: "trial", exposedAtEpochMs: clock.nowEpochMs() }),
		turn: (alarmName: string, value: string) =>
			stage.tell("CloudWatch Alarm State Change", { alarmName, state: { value } }),
		goBack: () => stage.write({ phase: "rolling-back", epoch: 2 }),
	};
};

describe("no rollback without a reason", () => {
	it("given a healthy release that goes back, does not hold", () => {
		const stage = makeStage();

		stage.expose();
		stage.goBack();

		expect(stage.broken()).toEqual([expect.stringMatching(/checkout-1 went back for nothing/)]);
	});

	it("given a release that does harm, holds", () => {
		const stage = makeStage();

		stage.world.versions.define(candidateDigest, { errorRatio: 0.05 });
		stage.expose();
		stage.goBack();

		expect(stage.broken()).toEqual([]);
	});

	it("given a person who acted, holds", () => {
		const stage = makeStage();

		stage.hands.add("execution-stopped");
		stage.goBack();

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		["command.abort.v1", { service: "checkout", rolloutId: "checkout-1" }, 0],
		["command.abort.v1", { service: "checkout" }, 0],
		["command.approve.v1", { service: "checkout", rolloutId: "checkout-1" }, 1],
		["command.abort.v1", { service: "checkout", rolloutId: "checkout-7" }, 1],
		["command.abort.v1", { service: "search", rolloutId: "checkout-1" }, 1],
	] as const)("given %s %j, finds %i rollback without a reason", (detailType, detail, count) => {
		const stage = makeStage();

		stage.tell(detailType, detail, "people/ana");
		stage.goBack();

		expect(stage.broken()).toHaveLength(count);
	});

	it("given an alarm of the service that turned red after the exposure, holds", async () => {
		const stage = makeStage();

		stage.expose();
		await stage.pass(10);
		stage.turn("checkout errors", "ALARM");
		stage.goBack();

		expect(stage.broken()).toEqual([]);
	});

	it.each([
		["of another service", "search errors", "ALARM", true],
		["that recovers", "checkout errors", "OK", true],
		["that was red before the exposure", "checkout errors", "ALARM", false],
	] as const)("given an alarm %s, does not hold", async (_, alarmName, value, isAfter) => {
		const stage = makeStage();

		if (isAfter) stage.expose();
		stage.turn(alarmName, value);
		await stage.pass(10);
		if (!isAfter) stage.expose();
		stage.goBack();

		expect(stage.broken()).toHaveLength(1);
	});

	it.each([
		[3_601, "approval", 0],
		[3_500, "approval", 1],
		[3_601, "undecided", 1],
	] as const)(
		"given a rollback %i s after a question (%s), finds %i of them without a reason",
		async (seconds, reason, count) => {
			const stage = makeStage();
			const sinceEpochMs = stage.clock.nowEpochMs();

			stage.write({ pause: { reason, explanation: "", token: "t", sinceEpochMs, approvers: [] } });
			await stage.pass(seconds);
			stage.goBack();

			expect(stage.broken()).toHaveLength(count);
		},
	);
});
