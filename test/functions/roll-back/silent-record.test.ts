import { describe, expect, it } from "vitest";
import { directCaller } from "../../../simulator/kernel/caller.ts";
import { alarmTurned, redNow } from "../alarm-turned.ts";
import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { rollbackEvent, rollbackPayload, stageAt } from "../rollout-journey.ts";

const rollBack = (stage: FunctionStage, event: object = rollbackEvent(), remainingMs = 10_000): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).rollBack, event, remainingMs);

const isStore = (operation: string): boolean => operation.startsWith("dynamodb:");

describe("a record that does not answer", () => {
	const silent = (stage: FunctionStage) => {
		const direct = directCaller(stage.clock);
		return stage.portsFor({
			...direct,
			call: async (call, effect) => {
				stage.caller.calls.push(call);
				if (!isStore(call.operation)) return direct.call(call, effect);
				await direct.sleep(1_000);
				throw new Error("socket hang up");
			},
		});
	};

	it.each([
		[
			"an alarm",
			redNow,
			["s3:GetObject", "dynamodb:GetItem", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags"],
		],
		["a verdict", () => rollbackEvent(), ["dynamodb:UpdateItem", "s3:GetObject"]],
	])(
		"given %s, deletes the trial rule first and then says that the record has yet to follow",
		async (_, eventOf, firstCalls) => {
			const stage = await stageAt("exposed");
			const { rollBack: handler } = handlersOf(silent(stage));

			const answer = stage.run(handler, eventOf(stage), 10_000);

			await expect(answer).rejects.toMatchObject({
				name: "TrafficAbandonedUnavailableError",
				cause: { name: "StoreUnavailableError" },
			});
			expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
			expect(stage.state().phase).toBe("trial");
			expect(stage.caller.operations).toEqual([
				...firstCalls,
				"elasticloadbalancing:DescribeRules",
				"elasticloadbalancing:DescribeTags",
				"elasticloadbalancing:DeleteRule",
			]);
		},
	);

	it("given an alarm while nobody is on the canary, touches nothing: the record has to say since when it counts", async () => {
		const stage = await stageAt("opened");

		const answer = stage.run(handlersOf(silent(stage)).rollBack, redNow(stage), 10_000);

		await expect(answer).rejects.toMatchObject({ name: "StoreUnavailableError" });
		expect((await stage.rules()).trial?.weights).toEqual({ blue: 100, green: 0 });
	});

	it("given an alarm that is told ten minutes late, touches nothing: it may be older than the rollout", async () => {
		const stage = await stageAt("exposed");
		const late = alarmTurned({ redAtEpochMs: stage.clock.nowEpochMs() - 600_000 });

		const answer = stage.run(handlersOf(silent(stage)).rollBack, late, 10_000);

		await expect(answer).rejects.toMatchObject({ name: "StoreUnavailableError" });
		expect((await stage.rules()).trial?.weights.green).toBe(25);
	});

	it("given an alarm and a router that cannot be read either, ends the trial all the same", async () => {
		const stage = await stageAt("exposed");
		const { router } = stage.ports;
		const ports = { ...silent(stage), router: { ...router, read: () => Promise.reject(new Error("throttled")) } };

		const answer = stage.run(handlersOf(ports).rollBack, redNow(stage), 10_000);

		await expect(answer).rejects.toMatchObject({ name: "TrafficAbandonedUnavailableError" });
		expect((await stage.rules()).trial).toBeNull();
	});

	it("given an alarm while nobody is on the canary and a router that answers only when it is asked again, touches nothing", async () => {
		const stage = await stageAt("opened");
		const { router } = stage.ports;
		let reads = 0;
		const read: typeof router.read = (route) =>
			reads++ === 0 ? Promise.reject(new Error("did not answer within 1000 ms")) : router.read(route);

		const answer = stage.run(
			handlersOf({ ...silent(stage), router: { ...router, read } }).rollBack,
			redNow(stage),
			10_000,
		);

		await expect(answer).rejects.toMatchObject({ name: "StoreUnavailableError" });
		expect((await stage.rules()).trial?.weights).toEqual({ blue: 100, green: 0 });
	});

	it("given an alarm and no time to look at the router first, ends the trial", async () => {
		const stage = await stageAt("exposed");

		const answer = stage.run(handlersOf(silent(stage)).rollBack, redNow(stage), 4_500);

		await expect(answer).rejects.toMatchObject({ name: "TrafficAbandonedUnavailableError" });
		expect(stage.caller.operations.filter((operation) => operation.endsWith("DescribeRules"))).toHaveLength(1);
	});

	it("given that it answers again, writes down what was done before", async () => {
		const stage = await stageAt("exposed");
		await stage.run(handlersOf(silent(stage)).rollBack, redNow(stage), 10_000).catch((error: unknown) => error);

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs: stage.clock.nowEpochMs(), isBlind: true }));

		expect(answer).toMatchObject({ kind: "confirmed" });
		expect(stage.state()).toMatchObject({ phase: "rolling-back", rollback: { kind: "alarm" } });
	});

	it("given an alarm that the record would have ignored, follows all the same: its traffic has gone", async () => {
		const stage = await stageAt("exposed");
		const beforeExposure = (stage.state().exposedAtEpochMs ?? 0) - 1;

		const seeing = await rollBack(stage, alarmTurned({ redAtEpochMs: beforeExposure }));
		const blind = await rollBack(stage, alarmTurned({ redAtEpochMs: beforeExposure, isBlind: true }));

		expect([seeing, blind]).toMatchObject([{ kind: "over" }, { kind: "confirmed" }]);
	});

	it("given a verdict on a rollout that has ended, takes back the one whose traffic went instead", async () => {
		const stage = await stageAt("exposed");
		const cause = { kind: "verdict", explanation: "canary: 9.00 % errors", triggeredAtEpochMs: 1_700_000_000_000 };
		const of7 = { v: 1, rolloutId: "checkout-7", cause };

		const seeing = await rollBack(stage, rollbackPayload(of7));
		const blind = await rollBack(stage, rollbackPayload(of7, "rollback-a", true));

		expect([seeing, blind]).toMatchObject([{ kind: "over" }, { kind: "confirmed", rolloutId: "checkout-1" }]);
	});

	it("given a service that is idle by then, has nothing to follow", async () => {
		const stage = await stageAt("idle");

		const answer = await rollBack(stage, alarmTurned({ redAtEpochMs: 1, isBlind: true }));

		expect(answer).toMatchObject({ kind: "over", reason: "nothing is being rolled out" });
	});

	it("given the end of an execution, which may have finished its work, touches nothing", async () => {
		const stage = await stageAt("exposed");

		const answer = stage.run(handlersOf(silent(stage)).rollBack, rollbackEvent({ kind: "execution-lost" }), 10_000);

		await expect(answer).rejects.toMatchObject({ name: "StoreUnavailableError" });
		expect((await stage.rules()).trial?.weights.green).toBe(25);
	});

	it.each([
		["an alarm", redNow],
		["a verdict", () => rollbackEvent()],
	])(
		"given %s and a record that denies access, deletes the trial rule first and then fails aloud",
		async (_, eventOf) => {
			const stage = await stageAt("exposed");

			const answer = stage.run(handlersOf(stage.deny(isStore)).rollBack, eventOf(stage));

			await expect(answer).rejects.toMatchObject({
				name: "TrafficAbandonedUnavailableError",
				cause: { name: "InvalidAwsCallError" },
			});
			expect((await stage.rules()).trial).toBeNull();
		},
	);
});
