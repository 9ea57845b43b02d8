import { describe, expect, it } from "vitest";
import { redNow } from "../alarm-turned.ts";
import { isHarmless } from "../function-calls.ts";
import type { FunctionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { rollbackEvent, stageAt } from "../rollout-journey.ts";

const rollBack = (stage: FunctionStage, event: object = rollbackEvent(), remainingMs = 10_000): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).rollBack, event, remainingMs);

describe("a router in a state that nobody expects", () => {
	it("given that the rule is gone already, confirms", async () => {
		const stage = await stageAt("exposed");
		stage.world.loadBalancer.deleteRule(stage.state().trialRuleArn ?? "");

		await expect(rollBack(stage)).resolves.toMatchObject({ kind: "confirmed" });
	});

	const sendBase = (stage: FunctionStage, blue: number, green: number): void => {
		const { listenerArn, basePriority, targetGroupArns } = stage.definition.route;
		const base = stage.world.loadBalancer.ruleAt(listenerArn, basePriority);
		const weights = { [targetGroupArns.blue]: blue, [targetGroupArns.green]: green };
		stage.world.loadBalancer.modifyRule(base?.ruleArn ?? "", weights);
	};

	it.each([
		["elsewhere", 0, 100],
		["to both slots", 90, 10],
	])(
		"given a base rule that somebody sent %s, confirms nothing, leaves it alone and puts stable above it",
		async (_, blue, green) => {
			const stage = await stageAt("exposed");
			sendBase(stage, blue, green);

			const answer = rollBack(stage);

			await expect(answer).rejects.toMatchObject({
				name: "TrafficUnavailableError",
				message: expect.stringContaining("Zero is not confirmed for checkout: the router reads"),
			});
			expect(await stage.rules()).toMatchObject({
				base: { blue, green },
				trial: { rolloutId: "checkout-1", weights: { blue: 100, green: 0 } },
			});
			expect(stage.state().phase).toBe("rolling-back");
		},
	);

	it("given that somebody has mended the base rule, takes the rule above it away and confirms", async () => {
		const stage = await stageAt("exposed");
		sendBase(stage, 0, 100);
		await rollBack(stage).catch((error: unknown) => error);
		sendBase(stage, 100, 0);

		await expect(rollBack(stage)).resolves.toMatchObject({ kind: "confirmed" });

		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
	});

	it("given an external writer for the reason, does not drop the trial rule before it has looked at the base", async () => {
		const stage = await stageAt("exposed");
		sendBase(stage, 0, 100);

		await rollBack(stage, rollbackEvent({ kind: "external-writer" })).catch((error: unknown) => error);

		expect(stage.caller.operations).not.toContain("elasticloadbalancing:DeleteRule");
		expect((await stage.rules()).trial).toMatchObject({ weights: { blue: 100, green: 0 } });
	});

	it("given a base rule that is gone, keeps failing until somebody has mended it", async () => {
		const stage = await stageAt("exposed");
		const { listenerArn, basePriority } = stage.definition.route;
		const base = stage.world.loadBalancer.ruleAt(listenerArn, basePriority);
		stage.world.loadBalancer.deleteRule(base?.ruleArn ?? "");

		await expect(rollBack(stage)).rejects.toMatchObject({ name: "TrafficConflictError" });
	});

	it("given a rule that was opened late, by somebody who did not know yet, finds and deletes it", async () => {
		const stage = await stageAt("prepared");
		const lateOpen = { ...stage.ports.router };
		let reads = 0;
		const router = {
			...lateOpen,
			read: async (route: typeof stage.definition.route) => {
				if (++reads === 1) await lateOpen.open(route, "checkout-1", "blue");
				return lateOpen.read(route);
			},
		};

		const answer = await stage.run(handlersOf({ ...stage.ports, router }).rollBack, rollbackEvent(), 10_000);

		expect(answer).toMatchObject({ kind: "confirmed" });
		expect((await stage.rules()).trial).toBeNull();
	});

	it("given a rule at the trial priority that is not Sluice's, leaves it and does not confirm", async () => {
		const stage = await stageAt("prepared");
		const { listenerArn, trialPriority, targetGroupArns } = stage.definition.route;
		const weights = { [targetGroupArns.green]: 100 };
		stage.world.loadBalancer.createRule(listenerArn, { priority: trialPriority, conditions: [], weights, tags: {} });

		await expect(rollBack(stage)).rejects.toMatchObject({ name: "TrafficUnavailableError" });

		expect((await stage.rules()).trial).toMatchObject({ rolloutId: null });
	});

	it("given a router that denies access, fails by that name and begins all the same", async () => {
		const stage = await stageAt("exposed");
		const isDelete = (operation: string): boolean => operation === "elasticloadbalancing:DeleteRule";

		const answer = stage.run(handlersOf(stage.deny(isDelete)).rollBack, rollbackEvent());

		await expect(answer).rejects.toMatchObject({ name: "InvalidTrafficAccessError" });
		expect(stage.state().phase).toBe("rolling-back");
		await expect(rollBack(stage)).resolves.toMatchObject({ kind: "confirmed" });
	});
});

describe("a rollback that is interrupted", () => {
	it.each([
		["an alarm", redNow],
		["a verdict", () => rollbackEvent()],
	])(
		"given %s and any one of its calls lost before or after its effect, confirms when repeated",
		async (_, eventOf) => {
			const untroubled = await stageAt("exposed");
			await rollBack(untroubled, eventOf(untroubled));
			const calls = untroubled.caller.calls.length;

			expect(calls).toBeGreaterThanOrEqual(3);
			for (const moment of ["before-effect", "after-effect"] as const) {
				for (let lost = 1; lost <= calls; lost++) {
					const stage = await stageAt("exposed");
					let seen = 0;
					stage.caller.failNext({ matches: () => ++seen === lost, moment });
					await rollBack(stage, eventOf(stage)).catch((error: unknown) => error);

					await expect(rollBack(stage, eventOf(stage))).resolves.toMatchObject({ kind: "confirmed" });

					expect(stage.state()).toEqual(untroubled.state());
					expect(await stage.rules()).toEqual(await untroubled.rules());
				}
			}
		},
	);

	it("given too little time to see it through, does not touch the router; the next try does", async () => {
		const stage = await stageAt("exposed");

		await expect(rollBack(stage, rollbackEvent(), 1_000)).rejects.toMatchObject({ name: "DeadlineUnavailableError" });

		expect(stage.caller.operations.filter((operation) => !isHarmless(operation))).toEqual(["dynamodb:UpdateItem"]);
		await expect(rollBack(stage)).resolves.toMatchObject({ kind: "confirmed" });
	});

	it("given time that runs out between two readings, deletes nothing any more", async () => {
		const stage = await stageAt("prepared");
		const late = { ruleArn: "late", rolloutId: "checkout-1", weights: { blue: 100, green: 0 } };
		const abandoned: unknown[] = [];
		const router = {
			...stage.ports.router,
			read: async () => {
				await stage.ports.clock.sleep(3_000);
				return { base: { blue: 100, green: 0 }, trial: late };
			},
			abandon: async (trial: unknown) => {
				abandoned.push(trial);
			},
		};

		const answer = stage.run(handlersOf({ ...stage.ports, router }).rollBack, rollbackEvent(), 7_000);

		await expect(answer).rejects.toMatchObject({ name: "DeadlineUnavailableError" });
		expect(abandoned).toEqual(["late"]);
	});
});
