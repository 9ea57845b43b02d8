import { describe, expect, it } from "vitest";
import { isHarmless } from "../function-calls.ts";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack, type Station } from "../rollout-journey.ts";

const shift = (
	stage: FunctionStage,
	weightPercent = 25,
	acceptedAlarms: readonly string[] = [],
	ports = stage.ports,
): Promise<unknown> => stage.run(handlersOf(ports).shiftTraffic, payload({ weightPercent, acceptedAlarms }));

const stageAt = async (station: Station): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, station);
	return stage;
};

/** Keeps the stage's clock where the admission was, and an alarm red since before it or since after it. */
const openedBesideRed = async (sinceAdmissionMs: number): Promise<FunctionStage> => {
	const stage = await stageAt("opened");
	stage.red.set("checkout errors", (stage.state().startedAtEpochMs ?? 0) + sinceAdmissionMs);
	return stage;
};

describe("the first exposure", () => {
	it("given no red alarm, claims the weight before it asks the router, and reads it back", async () => {
		const stage = await stageAt("opened");

		const answer = await shift(stage);

		expect(answer).toEqual({ v: 1, kind: "shifted", atEpochMs: stage.clock.nowEpochMs() });
		expect(await stage.rules()).toMatchObject({
			base: { blue: 100, green: 0 },
			trial: { weights: { blue: 75, green: 25 } },
		});
		expect(stage.state()).toMatchObject({ phase: "trial", weightPercent: 25, redAlarms: {} });
		expect(stage.caller.operations).toEqual([
			"dynamodb:GetItem",
			"cloudwatch:DescribeAlarms",
			"dynamodb:UpdateItem",
			"elasticloadbalancing:ModifyRule",
			"elasticloadbalancing:DescribeRules",
			"elasticloadbalancing:DescribeTags",
			"events:PutEvents",
		]);
		expect(stage.said.at(-1)).toMatchObject({
			kind: "rollout.shifted.v1",
			detail: { fromPercent: 0, toPercent: 25 },
		});
	});

	it("given an alarm that turned red since admission, pauses and exposes nobody", async () => {
		const stage = await openedBesideRed(0);

		const answer = await shift(stage);

		expect(answer).toMatchObject({
			v: 1,
			kind: "pause",
			reason: "environment-unhealthy",
			explanation: expect.stringContaining("checkout errors"),
			askedAlarms: ["checkout errors"],
		});
		expect(stage.state().phase).toBe("preparing");
		expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual([]);
	});

	it("given a person who accepts that, exposes and records what was red", async () => {
		const stage = await openedBesideRed(5_000);

		const answer = await shift(stage, 25, ["checkout errors"]);

		expect(answer).toMatchObject({ kind: "shifted" });
		expect(stage.state().redAlarms).toEqual({ "checkout errors": stage.red.get("checkout errors") });
	});

	it("given an alarm that was red before admission, exposes without asking and records it", async () => {
		const stage = await openedBesideRed(-1);

		const answer = await shift(stage);

		expect(answer).toMatchObject({ kind: "shifted" });
		expect(Object.keys(stage.state().redAlarms)).toEqual(["checkout errors"]);
	});

	it("given alarms that cannot be read, exposes nobody", async () => {
		const stage = await stageAt("opened");
		const isAlarms = (operation: string): boolean => operation === "cloudwatch:DescribeAlarms";
		stage.caller.failNext({ matches: isAlarms, moment: "before-effect" });

		await expect(shift(stage)).rejects.toMatchObject({ name: "AlarmsUnavailableError" });

		expect(stage.state().phase).toBe("preparing");
		expect((await stage.rules()).trial?.weights.green).toBe(0);
	});
});

describe("later weights", () => {
	it("given an exposed canary, keeps the time of the first exposure", async () => {
		const stage = await stageAt("exposed");
		const { exposedAtEpochMs } = stage.state();
		await stage.pass(60);

		const answer = await shift(stage, 50);

		expect(answer).toMatchObject({ kind: "shifted" });
		expect(stage.state()).toMatchObject({ weightPercent: 50, exposedAtEpochMs, redAlarms: {} });
	});

	it("given an alarm that turned red since, and whose event was lost, goes back instead of on", async () => {
		const stage = await stageAt("exposed");
		await stage.pass(60);
		stage.red.set("checkout errors", stage.clock.nowEpochMs());

		const answer = await shift(stage, 50);

		expect(answer).toEqual({
			v: 1,
			kind: "roll-back",
			cause: {
				kind: "alarm",
				explanation: "Red since the canary was exposed: checkout errors; the cause is unknown to them.",
				triggeredAtEpochMs: stage.clock.nowEpochMs(),
			},
		});
		expect((await stage.rules()).trial?.weights.green).toBe(25);
	});

	it("given an alarm that was red before the exposure and still is, goes on", async () => {
		const stage = await openedBesideRed(-1);
		await shift(stage);

		await expect(shift(stage, 50)).resolves.toMatchObject({ kind: "shifted" });
	});

	it("given the same weight again, answers the same", async () => {
		const stage = await stageAt("exposed");

		await expect(shift(stage, 25)).resolves.toMatchObject({ kind: "shifted" });

		expect((await stage.rules()).trial?.weights).toEqual({ blue: 75, green: 25 });
	});
});

describe("a shift that cannot be", () => {
	it("given a weight beyond everything, is refused", async () => {
		const stage = await stageAt("opened");

		await expect(shift(stage, 101)).rejects.toMatchObject({
			name: "InvalidEventError",
			message: expect.stringContaining("weightPercent"),
		});
	});

	it("given no trial rule on record, says so before it claims anything", async () => {
		const stage = await stageAt("prepared");

		await expect(shift(stage)).rejects.toMatchObject({ name: "TrialGoneConflictError" });

		expect(stage.state().phase).toBe("preparing");
	});

	it("given a router that reads back something else, throws what it read and what it set", async () => {
		const stage = await stageAt("opened");
		const router = { ...stage.ports.router, shift: async () => {} };

		const answer = shift(stage, 25, [], { ...stage.ports, router });

		await expect(answer).rejects.toMatchObject({
			name: "TrafficUnavailableError",
			message: expect.stringContaining('set were {"blue":75,"green":25} beside a base rule at stable 100'),
		});
		expect(stage.said.at(-1)?.kind).toBe("rollout.opened.v1");
	});

	it("given a base rule that somebody changed, throws although the trial rule is right", async () => {
		const stage = await stageAt("opened");
		const { listenerArn, basePriority, targetGroupArns } = stage.definition.route;
		const base = stage.world.loadBalancer.ruleAt(listenerArn, basePriority);
		stage.world.loadBalancer.modifyRule(base?.ruleArn ?? "", { [targetGroupArns.green]: 100 });

		await expect(shift(stage)).rejects.toMatchObject({ name: "TrafficUnavailableError" });
	});
});

describe("a shift that comes late (promise 5)", () => {
	it("given a rollback that has begun, loses the claim and never asks the router", async () => {
		const stage = await stageAt("exposed");
		await rollBack(stage);

		await expect(shift(stage, 100)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual(["dynamodb:UpdateItem"]);
		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});

	it("given a rollback between the claim and the call, gets TrialGoneConflictError and changes nothing", async () => {
		const stage = await stageAt("exposed");
		const { write } = stage.ports.store;
		const store = {
			...stage.ports.store,
			write: async (...claim: Parameters<typeof write>) => {
				const claimed = await write(...claim);
				await rollBack(stage);
				return claimed;
			},
		};

		const answer = shift(stage, 100, [], { ...stage.ports, store });

		await expect(answer).rejects.toMatchObject({ name: "TrialGoneConflictError" });
		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
		expect(stage.state()).toMatchObject({ phase: "rolling-back", epoch: 2 });
	});

	it("given the window, does not go back to a step", async () => {
		const stage = await stageAt("promoted");

		await expect(shift(stage, 25)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect((await stage.rules()).trial?.weights.green).toBe(100);
	});

	it("given the window and its own weight, sets it again and leaves the window as it is on record", async () => {
		const stage = await stageAt("promoted");
		const before = stage.state();
		const { blue, green } = stage.definition.route.targetGroupArns;
		stage.world.loadBalancer.modifyRule(before.trialRuleArn ?? "", { [blue]: 60, [green]: 40 });

		const answer = await shift(stage, 100);

		expect(answer).toMatchObject({ kind: "shifted" });
		expect((await stage.rules()).trial?.weights).toEqual({ blue: 0, green: 100 });
		expect(stage.state()).toEqual(before);
	});

	it("given a window that a rollback ended while its weight was being set again, never asks the router", async () => {
		const stage = await stageAt("promoted");
		const { readRed } = stage.ports.alarms;
		const alarms = {
			readRed: async (...request: Parameters<typeof readRed>) => {
				await rollBack(stage);
				return readRed(...request);
			},
		};

		const answer = shift(stage, 100, [], { ...stage.ports, alarms });

		await expect(answer).rejects.toMatchObject({ name: "StoreConflictError" });
		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});

	it("given an alarm that turned red in the window, goes back instead of setting the weight again", async () => {
		const stage = await stageAt("promoted");
		await stage.pass(60);
		stage.red.set("checkout errors", stage.clock.nowEpochMs());

		await expect(shift(stage, 100)).resolves.toMatchObject({ kind: "roll-back", cause: { kind: "alarm" } });
	});

	it("given time that runs out after the claim, does not ask the router", async () => {
		const stage = await stageAt("opened");
		const { write } = stage.ports.store;
		const store = {
			...stage.ports.store,
			write: async (...claim: Parameters<typeof write>) => {
				const claimed = await write(...claim);
				await stage.ports.clock.sleep(28_000);
				return claimed;
			},
		};

		const answer = shift(stage, 25, [], { ...stage.ports, store });

		await expect(answer).rejects.toMatchObject({ name: "DeadlineUnavailableError" });
		expect((await stage.rules()).trial?.weights.green).toBe(0);
		await expect(shift(stage)).resolves.toMatchObject({ kind: "shifted" });
	});
});
