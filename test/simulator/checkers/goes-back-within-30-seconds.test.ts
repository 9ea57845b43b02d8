import { describe, expect, it } from "vitest";
import { goesBackWithin30Seconds } from "../../../simulator/checkers/goes-back-within-30-seconds.ts";
import { type ExposedStage, exposedStage } from "./exposed-stage.ts";

const makeStage = async () => {
	const stage = await exposedStage(goesBackWithin30Seconds);
	stage.shift(5);
	await stage.look(30);
	return stage;
};

const turnRed = ({ tell }: ExposedStage, alarmName = "checkout errors"): void =>
	tell("CloudWatch Alarm State Change", { alarmName, state: { value: "ALARM" } });

const holdVerdict = ({ enter }: ExposedStage, rolloutId = "checkout-1", stateName = "StartRollback"): void =>
	enter("watch", stateName, { rolloutId });

const command = ({ tell }: ExposedStage, verb: string): void =>
	tell(`command.${verb}.v1`, { service: "checkout", rolloutId: "checkout-1" }, "people/ana");

const goBack = async (stage: ExposedStage, seconds: number): Promise<void> => {
	await stage.look(seconds);
	stage.beginRollback();
	stage.deleteTrial();
	stage.sayRolledBack();
};

/** Everything that is a reason to go back, by the words that a finding has for it. */
const reasons: readonly (readonly [string, (stage: ExposedStage) => void])[] = [
	["checkout errors turned red", turnRed],
	["a verdict of harm", holdVerdict],
	["ana said abort", (stage) => command(stage, "abort")],
	["the execution ended ABORTED", ({ tellExecution }) => tellExecution("rollout", "checkout-1", "ABORTED", {})],
];

describe("from a reason to zero", () => {
	it.each(reasons)("given that %s, holds up to 30 s and not beyond", async (what, happen) => {
		const fast = await makeStage();
		const slow = await makeStage();

		happen(fast);
		await goBack(fast, 30);
		happen(slow);
		await goBack(slow, 35);

		expect(fast.broken()).toEqual([]);
		expect(slow.broken()).toEqual([expect.stringMatching(`zero was confirmed 35 s after ${what}; allowed are 30 s`)]);
	});

	it.each<readonly [string, (stage: ExposedStage) => void]>([
		["another service's alarm", (stage) => turnRed(stage, "search errors")],
		["a good verdict", (stage) => holdVerdict(stage, "checkout-1", "ReportWatch")],
		["a verdict over another rollout", (stage) => holdVerdict(stage, "search-1")],
		["the rollback itself", ({ enter }) => enter("rollback", "StartRollback", { rolloutId: "checkout-1" })],
		["an approval", (stage) => command(stage, "approve")],
		["an execution that went well", ({ tellExecution }) => tellExecution("rollout", "checkout-1", "SUCCEEDED", {})],
		["another rollout's execution", ({ tellExecution }) => tellExecution("rollout", "search-1", "FAILED", {})],
		[
			"an execution that a rollback stopped",
			(stage) => {
				stage.beginRollback();
				stage.tellExecution("rollout", "checkout-1", "ABORTED", {});
			},
		],
	])("given %s, that is no reason", async (_, happen) => {
		const stage = await makeStage();

		happen(stage);
		await goBack(stage, 60);

		expect(stage.broken()).toEqual([]);
	});

	it("given an alarm that was red before the exposure, that is no reason", async () => {
		const stage = await makeStage();

		stage.write({ redAlarms: { "checkout errors": 0 } });
		turnRed(stage);
		await goBack(stage, 60);

		expect(stage.broken()).toEqual([]);
	});

	it("given an alarm that had recovered for five minutes since, it counts again", async () => {
		const stage = await makeStage();

		stage.write({ redAlarms: { "checkout errors": 0 } });
		stage.tell("CloudWatch Alarm State Change", {
			alarmName: "checkout errors",
			state: { value: "ALARM" },
			previousState: { value: "OK", timestamp: "2023-11-14T00:00:00.000+0000" },
		});
		await goBack(stage, 60);

		expect(stage.broken()).toHaveLength(1);
	});

	it("given an earlier moment that Sluice names itself, measures from there", async () => {
		const stage = await makeStage();

		stage.beginRollback();
		stage.deleteTrial();
		stage.sayRolledBack(0, 31);

		expect(stage.broken()).toEqual([expect.stringMatching(/zero was confirmed 31 s after alarm/)]);
	});

	it("given zero that is said before it is so, measures what the rules say", async () => {
		const stage = await makeStage();

		turnRed(stage);
		await stage.look(40);
		stage.beginRollback();
		stage.deleteTrial();
		stage.sayRolledBack(-20_000);

		expect(stage.broken()).toEqual([expect.stringMatching(/zero was confirmed 40 s after/)]);
	});

	it("given a reason that nothing comes of, does not hold", async () => {
		const stage = await makeStage();

		turnRed(stage);
		await stage.look(60);

		expect(stage.broken()).toEqual([expect.stringMatching(/zero is not confirmed at all, 60 s after/)]);
	});

	it.each([
		[5, 0],
		[10, 1],
	] as const)("given a closing that begins %i s after a reason, finds %i break", async (seconds, count) => {
		const stage = await makeStage();

		stage.write({ phase: "window" });
		turnRed(stage);
		await stage.look(seconds);
		stage.write({ phase: "closing", epoch: 2 });
		await stage.look(60);

		expect(stage.broken()).toHaveLength(count);
	});

	it.each([
		["rollback", "checkout-1-verdict", true],
		["watch", "w-1", true],
		["rollback", "checkout-1-verdict", false],
	] as const)(
		"given a %s (%s) that is stopped by hand (%s) on the way, holds only then",
		async (machine, name, isByHand) => {
			const stage = await makeStage();

			// The rollback that an alarm starts is no business of a watch; the one that its verdict starts is.
			holdVerdict(stage);
			if (isByHand) stage.hands.add("execution-stopped");
			stage.tellExecution(machine, name, "ABORTED", {});
			await goBack(stage, 60);

			expect(stage.broken()).toHaveLength(isByHand ? 0 : 1);
		},
	);

	it("given a watch that is stopped by hand while an alarm's rollback does not come, is broken all the same", async () => {
		const stage = await makeStage();

		turnRed(stage);
		stage.hands.add("execution-stopped");
		stage.tellExecution("watch", "w-1", "ABORTED", {});
		await goBack(stage, 60);

		expect(stage.broken()).toHaveLength(1);
	});

	it("given an edited rule in the way, counts until users are sent back, whenever it can be confirmed", async () => {
		const stage = await makeStage();

		turnRed(stage);
		stage.hands.add("rule-edited");
		stage.beginRollback();
		stage.setTrial(0);
		await stage.look(60);
		stage.deleteTrial();
		stage.sayRolledBack();

		expect(stage.broken()).toEqual([]);
	});

	it("given an edited record, leaves it to whoever edited it", async () => {
		const stage = await makeStage();

		turnRed(stage);
		stage.hands.add("record-edited");
		await stage.look(60);

		expect(stage.broken()).toEqual([]);
	});
});
