import { describe, expect, it } from "vitest";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { isHarmless } from "../function-calls.ts";
import { canaryDigest, type FunctionStage, functionStage, nextDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { closingPayload, payload, reach, rollBack, rollbackPayload } from "../rollout-journey.ts";

const close = (stage: FunctionStage, ports = stage.ports, event = closingPayload()): Promise<unknown> =>
	stage.run(handlersOf(ports).closeRollout, event);

const windowOver = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "promoted");
	await stage.pass(stage.definition.windowSeconds);
	stage.caller.calls.length = 0;
	return stage;
};

const changesOf = (stage: FunctionStage): readonly string[] =>
	stage.caller.operations.filter((operation) => !isHarmless(operation));

describe("closing a rollout", () => {
	it("given a window that is over, moves the base rule, then deletes the trial rule, then changes roles", async () => {
		const stage = await windowOver();

		await expect(close(stage)).resolves.toEqual({ v: 1, kind: "closed", drainSeconds: 300 });

		expect(changesOf(stage)).toEqual([
			"dynamodb:UpdateItem",
			"elasticloadbalancing:ModifyRule",
			"elasticloadbalancing:DeleteRule",
			"dynamodb:UpdateItem",
		]);
		expect(await stage.rules()).toEqual({ base: { blue: 0, green: 100 }, trial: null });
		expect(stage.state()).toMatchObject({
			phase: "closing",
			epoch: 2,
			stableSlot: "green",
			stableRelease: { imageDigest: canaryDigest },
			stableEpoch: 0,
		});
		expect(stage.state().trialRuleArn).toBeUndefined();
		expect(stage.said.at(-1)?.kind).toBe("rollout.closed.v1");
	});

	it("given testers who were shown the canary, takes that away after the trial rule", async () => {
		const { route } = contractDefinition();
		const preview = { header: { name: "X-Preview", value: "checkout" } };
		const stage = functionStage({ route: { ...route, preview } });
		await reach(stage, "promoted");
		await stage.pass(stage.definition.windowSeconds);

		await expect(close(stage)).resolves.toMatchObject({ kind: "closed" });

		expect(await stage.rules()).toEqual({ base: { blue: 0, green: 100 }, trial: null });
		const { listenerArn } = stage.definition.route;
		expect(stage.world.loadBalancer.rulesOf(listenerArn)).toHaveLength(1);
	});

	it("given closing, sends no request anywhere but to the canary, at any moment", async () => {
		const stage = await windowOver();
		const users = stage.world.traffic.of("checkout");
		await stage.pass(10);
		const sharesBefore = users.shares.length;

		await close(stage);
		await stage.pass(10);

		expect(users.shares.slice(sharesBefore - 1).every(({ green }) => green === 1)).toBe(true);
	});

	it("given a window that is not over and nobody who waits, says so and does nothing", async () => {
		const stage = functionStage();
		await reach(stage, "promoted");

		await expect(close(stage)).resolves.toEqual({ v: 1, kind: "not-yet" });

		expect(stage.state()).toMatchObject({ phase: "window", epoch: 1 });
		expect((await stage.rules()).base).toEqual({ blue: 100, green: 0 });
	});

	it("given an alarm that turned red since the exposure, and whose event was lost, goes back at the last moment", async () => {
		const stage = await windowOver();
		stage.red.set("checkout errors", stage.clock.nowEpochMs() - 5_000);

		const answer = (await close(stage)) as { readonly kind: string; readonly cause: object };

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "alarm" } });
		expect(stage.state().phase).toBe("window");
		const request = payload({ cause: answer.cause });
		await expect(stage.run(handlersOf(stage.ports).rollBack, rollbackPayload(request))).resolves.toMatchObject({
			kind: "confirmed",
		});
	});

	it("given an alarm that turns red once closing has begun, finishes: there is no way back", async () => {
		const stage = await windowOver();
		const isDelete = (operation: string): boolean => operation === "elasticloadbalancing:DeleteRule";
		stage.caller.failNext({ matches: isDelete, moment: "before-effect" });
		await expect(close(stage)).rejects.toMatchObject({ name: "TrafficUnavailableError" });
		stage.red.set("checkout errors", stage.clock.nowEpochMs());

		await expect(close(stage)).resolves.toMatchObject({ kind: "closed" });
	});

	it.each([
		["close-window", true],
		["supersede", true],
		["wait", false],
	] as const)("given a newer release in the window and onNewPush %s, closes: %s", async (onNewPush, isClosed) => {
		const stage = functionStage({ onNewPush });
		await reach(stage, "promoted");
		await stage.run(handlersOf(stage.ports).admitRelease, stage.push(nextDigest, "v3"));

		await close(stage).catch((error: unknown) => error);

		expect(stage.state().phase).toBe(isClosed ? "closing" : "window");
		expect(stage.state().next?.imageDigest).toBe(nextDigest);
	});

	it("given the same call again, changes roles no second time and says the same once more", async () => {
		const stage = await windowOver();
		await close(stage);
		const before = stage.state();

		await expect(close(stage)).resolves.toMatchObject({ kind: "closed" });

		expect(stage.state()).toBe(before);
		const closed = stage.said.filter(({ kind }) => kind === "rollout.closed.v1");
		expect(new Set(closed.map(({ id }) => id)).size).toBe(1);
	});
});

describe("closing and its neighbours", () => {
	it("given a rollback that is under way, moves nothing", async () => {
		const stage = await windowOver();
		await rollBack(stage);

		await expect(close(stage)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
		expect(stage.state()).toMatchObject({ phase: "rolling-back", stableSlot: "blue" });
	});

	it("given a base rule that somebody deleted, keeps the trial rule, which serves the users", async () => {
		const stage = await windowOver();
		const { listenerArn, basePriority } = stage.definition.route;
		const base = stage.world.loadBalancer.ruleAt(listenerArn, basePriority);
		stage.world.loadBalancer.deleteRule(base?.ruleArn ?? "");

		await expect(close(stage)).rejects.toMatchObject({ name: "TrafficConflictError" });

		expect((await stage.rules()).trial?.weights).toEqual({ blue: 0, green: 100 });
		expect(stage.state()).toMatchObject({ phase: "closing", stableSlot: "blue" });
	});

	it("given a base rule that does not read back as set, does not delete the trial rule", async () => {
		const stage = await windowOver();
		const router = { ...stage.ports.router, adopt: async () => {} };

		await expect(close(stage, { ...stage.ports, router })).rejects.toMatchObject({
			name: "TrafficUnavailableError",
			message: 'The base rule reads back as {"blue":100,"green":0}; set was green 100.',
		});

		expect((await stage.rules()).trial?.weights.green).toBe(100);
	});

	it("given a trial rule that is still there, fails until it is gone", async () => {
		const stage = await windowOver();
		const router = { ...stage.ports.router, abandon: async () => {} };

		await expect(close(stage, { ...stage.ports, router })).rejects.toMatchObject({
			name: "TrafficUnavailableError",
			message: expect.stringContaining("allowed are green at 100 and no trial rule"),
		});

		await expect(close(stage)).resolves.toMatchObject({ kind: "closed" });
		expect((await stage.rules()).trial).toBeNull();
	});

	it("given an opening that landed after roles had changed, removes the rule that leads to the old slot", async () => {
		const stage = await windowOver();
		await close(stage);
		await stage.ports.router.open(stage.definition.route, "checkout-1", "blue");

		await close(stage, stage.ports, closingPayload(undefined, true));

		expect(await stage.rules()).toEqual({ base: { blue: 0, green: 100 }, trial: null });
	});

	it("given a base rule that somebody pointed back while connections drained, does not let the old slot go", async () => {
		const stage = await windowOver();
		await close(stage);
		const { listenerArn, basePriority, targetGroupArns } = stage.definition.route;
		const base = stage.world.loadBalancer.ruleAt(listenerArn, basePriority);
		stage.world.loadBalancer.modifyRule(base?.ruleArn ?? "", { [targetGroupArns.blue]: 100 });

		const second = close(stage, stage.ports, closingPayload(undefined, true));

		await expect(second).rejects.toMatchObject({ name: "TrafficUnavailableError" });
	});

	it("given a second look after the drain, says nothing twice", async () => {
		const stage = await windowOver();
		await close(stage);
		const said = stage.said.length;

		await expect(close(stage, stage.ports, closingPayload(undefined, true))).resolves.toMatchObject({ kind: "closed" });

		expect(stage.said).toHaveLength(said);
	});

	it("given another execution, because the first was lost, takes the closing over and finishes it", async () => {
		const stage = await windowOver();
		const isModify = (operation: string): boolean => operation === "elasticloadbalancing:ModifyRule";
		stage.caller.failNext({ matches: isModify, moment: "before-effect" });
		await expect(close(stage)).rejects.toMatchObject({ name: "TrafficUnavailableError" });

		await close(stage, stage.ports, closingPayload("execution-b"));

		expect(stage.state()).toMatchObject({ phase: "closing", stableSlot: "green", closingExecutionArn: "execution-b" });
	});

	it("given time that runs out on the way, stops before the next change and goes on when repeated", async () => {
		const stage = await windowOver();
		const { adopt } = stage.ports.router;
		const router = {
			...stage.ports.router,
			adopt: async (...request: Parameters<typeof adopt>) => {
				await adopt(...request);
				await stage.ports.clock.sleep(28_000);
			},
		};

		await expect(close(stage, { ...stage.ports, router })).rejects.toMatchObject({ name: "DeadlineUnavailableError" });

		expect(await stage.rules()).toMatchObject({ base: { green: 100 }, trial: { weights: { green: 100 } } });
		await expect(close(stage)).resolves.toMatchObject({ kind: "closed" });
	});
});
