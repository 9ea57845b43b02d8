import { describe, expect, it } from "vitest";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import statusFixture from "../../fixtures/events/aws.states.execution-status-change.json" with { type: "json" };
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import {
	finishRollback,
	reach,
	rollBack as rollBackFrom,
	rollbackEvent,
	rollbackPayload,
	type Station,
} from "../rollout-journey.ts";

const rollBack = (stage: FunctionStage, event: object = rollbackEvent()): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).rollBack, event, 10_000);

const isRouterWrite = (operation: string): boolean => /^elasticloadbalancing:(Create|Modify|Delete)/.test(operation);

/** How many remote calls come before the first that moves traffic. */
const callsBeforeTraffic = ({ caller }: FunctionStage): number => caller.operations.findIndex(isRouterWrite);

describe("a rollback by verdict", () => {
	const revertible: readonly Station[] = ["admitted", "prepared", "opened", "exposed", "at everything", "promoted"];

	it.each(revertible)("given a rollout that is %s, sends everything back and confirms it", async (station) => {
		const stage = functionStage();
		await reach(stage, station);

		const answer = await rollBack(stage);

		expect(answer).toEqual({
			v: 1,
			kind: "confirmed",
			service: "checkout",
			rolloutId: "checkout-1",
			zeroConfirmedAtEpochMs: stage.clock.nowEpochMs(),
			wasExposed: ["exposed", "at everything", "promoted"].includes(station),
			drainSeconds: 300,
		});
		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
		expect(stage.state()).toMatchObject({
			phase: "rolling-back",
			epoch: 2,
			stableSlot: "blue",
			rollback: { kind: "verdict", executionArn: "rollback-a", beganAtEpochMs: stage.clock.nowEpochMs() },
		});
	});

	it.each([
		["idle", { phase: "idle" }],
		["a later epoch", { epoch: 9 }],
		["an earlier epoch", { epoch: 0 }],
	] as const)("given a record that somebody set to %s by hand, still sends everything back", async (_, edit) => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stage.world.table.put({ ...stage.state(), ...edit });

		const answer = await rollBack(stage);

		expect(answer).toMatchObject({ kind: "confirmed", rolloutId: "checkout-1" });
		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
		expect(stage.state()).toMatchObject({ phase: "rolling-back", epoch: 2, rollback: { executionArn: "rollback-a" } });
	});

	it("given testers who were shown the canary, sends users back first and confirms when both are", async () => {
		const { route } = contractDefinition();
		const preview = { header: { name: "X-Preview", value: "checkout" } };
		const stage = functionStage({ route: { ...route, preview } });
		await reach(stage, "opened");
		const { trial, preview: shown } = await stage.rules();
		const before = stage.caller.calls.length;

		const answer = await rollBack(stage);

		expect(answer).toMatchObject({ kind: "confirmed", wasExposed: true });
		expect(await stage.rules()).toEqual({ base: { blue: 100, green: 0 }, trial: null });
		const deleted = stage.caller.calls.slice(before).filter(({ operation }) => isRouterWrite(operation));
		expect(deleted.map(({ resource }) => resource)).toEqual([trial?.ruleArn, shown?.ruleArn]);
	});

	it("given a trial rule on record, makes one call before traffic moves", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");

		// A sandbox that has read nothing yet.
		await stage.run(handlersOf(stage.portsFor(stage.caller)).rollBack, rollbackEvent());

		expect(callsBeforeTraffic(stage)).toBe(1);
		expect(stage.caller.operations.slice(0, 2)).toEqual(["dynamodb:UpdateItem", "elasticloadbalancing:DeleteRule"]);
	});

	it("given a rollout that is closing, touches nothing and pages", async () => {
		const stage = functionStage();
		await reach(stage, "closed");

		const answer = await rollBack(stage);

		expect(answer).toEqual({
			v: 1,
			kind: "page",
			service: "checkout",
			reason: "rollout checkout-1 is closing: undo is a new rollout now",
		});
		expect(stage.caller.operations).toEqual(["dynamodb:UpdateItem"]);
		expect((await stage.rules()).base).toEqual({ blue: 0, green: 100 });
	});

	it.each(["superseded", "person"])("given a rollout that is closing and the cause %s, wakes nobody", async (kind) => {
		const stage = functionStage();
		await reach(stage, "closed");

		await expect(rollBack(stage, rollbackEvent({ kind }))).resolves.toMatchObject({ kind: "over" });
		expect((await stage.rules()).base).toEqual({ blue: 0, green: 100 });
	});

	it("given a rollout that has ended, is over", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBackFrom(stage);
		await finishRollback(stage);

		const answer = await rollBack(stage);

		expect(answer).toEqual({ v: 1, kind: "over", service: "checkout", reason: "rollout checkout-1 has ended" });
	});
});

describe("who owns the end", () => {
	it("given the same execution again, owns it still and answers as before", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const first = await rollBack(stage);

		const second = await rollBack(stage);

		expect(second).toEqual(first);
	});

	it("given a recorded confirmation, answers that moment when it looks again", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const first = (await rollBack(stage)) as { readonly zeroConfirmedAtEpochMs: number };
		await stage.run(handlersOf(stage.ports).stopRollout, { v: 1, rolloutId: "checkout-1", ...first });
		await stage.pass(300);

		const second = await rollBack(stage);

		expect(second).toMatchObject({ kind: "confirmed", zeroConfirmedAtEpochMs: first.zeroConfirmedAtEpochMs });
	});

	it("given another execution, sees traffic gone and leaves the end to the owner", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);

		const answer = await rollBack(stage, rollbackEvent({ kind: "person", executionArn: "rollback-b" }));

		expect(answer).toMatchObject({ kind: "joined", rolloutId: "checkout-1" });
		expect(stage.state().rollback).toMatchObject({ kind: "verdict", executionArn: "rollback-a" });
	});

	it("given a step that failed because the rollback is under way, does not take the end from its owner", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);

		const answer = await rollBack(stage, rollbackEvent({ kind: "execution-lost", executionArn: "rollback-failed" }));

		expect(answer).toMatchObject({ kind: "joined" });
		expect(stage.state().rollback?.executionArn).toBe("rollback-a");
	});

	it("given the reconciler's word that the owner is dead, takes the end over and keeps the reason", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		const lost = { kind: "execution-lost", explanation: "ended", triggeredAtEpochMs: 1_700_000_500_000 };
		const request = { v: 1, rolloutId: "checkout-1", cause: lost, takesOverFrom: "rollback-a" };

		const answer = await rollBack(stage, rollbackPayload(request, "rollback-lost"));

		expect(answer).toMatchObject({ kind: "confirmed" });
		expect(stage.state().rollback).toMatchObject({ kind: "verdict", executionArn: "rollback-lost" });
	});

	it("given the reconciler's word about an owner who has been replaced since, leaves the end to the new one", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage, rollbackEvent({ executionArn: "rollback-b" }));
		const lost = { kind: "execution-lost", explanation: "ended", triggeredAtEpochMs: 1_700_000_500_000 };
		const request = { v: 1, rolloutId: "checkout-1", cause: lost, takesOverFrom: "rollback-a" };

		const answer = await rollBack(stage, rollbackPayload(request, "rollback-lost"));

		expect(answer).toMatchObject({ kind: "joined" });
		expect(stage.state().rollback?.executionArn).toBe("rollback-b");
	});

	it.each(["checkout-1", "checkout-1-closing-28333334"])(
		"given the event that the execution %s ended badly, rolls its rollout back",
		async (name) => {
			const stage = functionStage();
			await reach(stage, "exposed");
			const request = { ...statusFixture, detail: { ...statusFixture.detail, name } };

			const answer = await rollBack(stage, rollbackPayload(request, "rollback-status"));

			expect(answer).toMatchObject({ kind: "confirmed" });
			expect(stage.state().rollback).toMatchObject({
				kind: "execution-lost",
				explanation: `The execution of ${name} ended TIMED_OUT without finishing it.`,
				triggeredAtEpochMs: Date.parse("2026-11-16T19:42:21Z"),
			});
		},
	);
});

describe("a request that cannot be understood", () => {
	it.each([
		["without a cause", { v: 1, rolloutId: "checkout-1" }],
		["with a cause of no known kind", { v: 1, rolloutId: "checkout-1", cause: { kind: "mood", explanation: "x" } }],
		["of an alarm that turned green", { source: "aws.cloudwatch", detail: { alarmName: "a", state: { value: "OK" } } }],
		[
			"for a rollout that cannot be",
			{ v: 1, rolloutId: "no rollout", cause: { kind: "person", explanation: "x", triggeredAtEpochMs: 1 } },
		],
		[
			"of an alarm that turned red nobody knows when",
			{
				source: "aws.cloudwatch",
				detail: { alarmName: "checkout errors", state: { value: "ALARM", timestamp: "soon" } },
			},
		],
	])("given one %s, answers that it is refused and counts it", async (_, request) => {
		const stage = functionStage();
		await reach(stage, "exposed");

		const answer = await rollBack(stage, rollbackPayload(request, "rollback-a"));

		expect(answer).toMatchObject({ v: 1, kind: "refused" });
		expect([...stage.telemetry.counters.keys()]).toEqual([expect.stringContaining("Refused{error=Invalid")]);
		expect(stage.caller.operations).toEqual([]);
	});
});
