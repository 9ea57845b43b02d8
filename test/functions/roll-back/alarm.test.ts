import { describe, expect, it } from "vitest";
import { alarmTurned, redNow } from "../alarm-turned.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack as rollBackFrom, type Station } from "../rollout-journey.ts";

const rollBack = (stage: FunctionStage, event: object): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).rollBack, event, 10_000);

const turnsRedNow = (stage: FunctionStage): Promise<unknown> => rollBack(stage, redNow(stage));

/** A rollout at 25 % although an alarm was red before anything began. */
const exposedBesideRed = async (redSinceEpochMs: (stage: FunctionStage) => number): Promise<FunctionStage> => {
	const stage = functionStage();
	await stage.pass(60);
	stage.red.set("checkout errors", redSinceEpochMs(stage));
	await reach(stage, "exposed");
	return stage;
};

describe("an alarm that turns red", () => {
	it.each<Station>(["exposed", "at everything", "promoted"])(
		"given a canary that is %s, rolls back and says that the cause is unknown",
		async (station) => {
			const stage = functionStage();
			await reach(stage, station);
			await stage.pass(1);

			const answer = await turnsRedNow(stage);

			expect(answer).toMatchObject({ kind: "confirmed", rolloutId: "checkout-1", wasExposed: true });
			expect((await stage.rules()).trial).toBeNull();
			expect(stage.state().rollback).toMatchObject({
				kind: "alarm",
				explanation: "Alarm checkout errors turned red; the cause is unknown to it.",
				triggeredAtEpochMs: stage.clock.nowEpochMs(),
			});
		},
	);

	it("given a cold sandbox, makes three calls before traffic moves", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const { rollBack: cold } = handlersOf(stage.portsFor(stage.caller));

		await stage.run(cold, alarmTurned({ redAtEpochMs: stage.clock.nowEpochMs() }));

		expect(stage.caller.operations.slice(0, 4)).toEqual([
			"s3:GetObject",
			"dynamodb:GetItem",
			"dynamodb:UpdateItem",
			"elasticloadbalancing:DeleteRule",
		]);
	});

	it.each<[string, Station, string]>([
		["idle", "idle", "nothing is being rolled out"],
		["preparing", "opened", "the canary has not been exposed yet; exposure will wait for the alarm"],
	])("given a service that is %s, leaves it alone and says why", async (_, station, reason) => {
		const stage = functionStage();
		await reach(stage, station);
		const before = stage.state();

		const answer = await turnsRedNow(stage);

		expect(answer).toEqual({ v: 1, kind: "over", service: "checkout", reason });
		expect(stage.state()).toBe(before);
	});

	it("given a rollout that is closing, pages and touches nothing", async () => {
		const stage = functionStage();
		await reach(stage, "closed");

		const answer = await turnsRedNow(stage);

		expect(answer).toMatchObject({ kind: "page", reason: expect.stringContaining("turned red while closing") });
		expect((await stage.rules()).base).toEqual({ blue: 0, green: 100 });
	});

	it("given a rollback by somebody else, sees traffic gone and leaves the end to its owner", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBackFrom(stage);

		const answer = await turnsRedNow(stage);

		expect(answer).toMatchObject({ kind: "joined" });
		expect(stage.state().rollback).toMatchObject({ kind: "verdict", executionArn: "rollback-a" });
	});

	it("given that it began and died, owns the end when it is tried again", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const event = alarmTurned({ redAtEpochMs: stage.clock.nowEpochMs() });
		stage.caller.failNext({ matches: (operation) => operation.endsWith(":DeleteRule"), moment: "before-effect" });
		await expect(rollBack(stage, event)).rejects.toMatchObject({ name: "TrafficUnavailableError" });

		const answer = await rollBack(stage, event);

		expect(answer).toMatchObject({ kind: "confirmed" });
		expect(stage.state().rollback?.executionArn).toBe("rollback-alarm");
	});

	it("given an alarm that guards no service, has nothing to do and asks the record nothing", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs: 1, alarmName: "somebody else's" }));

		expect(answer).toMatchObject({ kind: "over", reason: "Alarm somebody else's guards no service of Sluice." });
		expect(stage.caller.operations).toEqual(["s3:GetObject"]);
	});

	it("given a service that was never enrolled, has nothing to do", async () => {
		const stage = functionStage();
		await stage.ports.catalog.publish({ ...stage.definition, service: "cart", alarmNames: ["cart errors"] });

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs: 1, alarmName: "cart errors" }));

		expect(answer).toMatchObject({ kind: "over", service: "cart" });
	});
});

describe("an alarm that was red before (D9)", () => {
	it("given that it turned red before the first exposure, and is told of late, does not roll back", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs: (stage.state().exposedAtEpochMs ?? 0) - 1 }));

		expect(answer).toMatchObject({ kind: "over", reason: "it turned red before the canary was first exposed" });
		expect(stage.state().phase).toBe("trial");
	});

	it("given one that was red before admission and flaps, does not roll back", async () => {
		const stage = await exposedBesideRed((at) => at.clock.nowEpochMs() - 30_000);
		await stage.pass(400);
		const now = stage.clock.nowEpochMs();

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs: now, okSinceEpochMs: now - 299_999 }));

		expect(answer).toMatchObject({
			kind: "over",
			reason: expect.stringContaining("was red before the first exposure"),
		});
		expect(stage.state().phase).toBe("trial");
	});

	it("given one that has been OK for five minutes since, is armed again and rolls back", async () => {
		const stage = await exposedBesideRed((at) => at.clock.nowEpochMs() - 30_000);
		await stage.pass(400);
		const now = stage.clock.nowEpochMs();

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs: now, okSinceEpochMs: now - 300_000 }));

		expect(answer).toMatchObject({ kind: "confirmed" });
	});

	it("given one that turns red between the look at the alarms and the claim, rolls back", async () => {
		const stage = functionStage();
		await reach(stage, "opened");
		let redAtEpochMs = 0;
		const alarms = {
			readRed: async () => {
				await stage.ports.clock.sleep(40);
				redAtEpochMs = stage.clock.nowEpochMs();
				await stage.ports.clock.sleep(40);
				return [];
			},
		};
		const { shiftTraffic } = handlersOf({ ...stage.ports, alarms });
		await stage.run(shiftTraffic, payload({ weightPercent: 25, acceptedAlarms: [] }));

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs }));

		expect(answer).toMatchObject({ kind: "confirmed" });
	});
});
