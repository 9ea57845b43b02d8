import { describe, expect, it } from "vitest";
import scheduledFixture from "../../fixtures/events/aws.events.scheduled.json" with { type: "json" };
import { rolloutMachineArn } from "../answer-engine.ts";
import { canaryDigest, type FunctionStage, functionStage, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { closingPayload, payload, reach, rollBack, rollbackEvent, rollbackPayload } from "../rollout-journey.ts";

const reconcile = (stage: FunctionStage, ports = stage.ports): Promise<unknown> =>
	stage.run(handlersOf(ports).reconcileServices, scheduledFixture);

const namesOf = (stage: FunctionStage): readonly string[] => stage.engine.list().map(({ name }) => name);

const stopAll = (stage: FunctionStage): void => {
	for (const { executionArn } of stage.engine.list()) stage.engine.stop(executionArn);
};

/** A release that was acquired, and whose execution was never asked for. */
const acquiredOnly = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	const isStart = (operation: string): boolean => operation === "states:StartExecution";
	stage.caller.failNext({ matches: isStart, moment: "before-effect" });
	await expect(reach(stage, "admitted")).rejects.toMatchObject({ name: "ExecutionsUnavailableError" });
	return stage;
};

describe("reconciling", () => {
	it("given only idle services, has nothing to do and asks after no execution", async () => {
		const stage = functionStage();

		await expect(reconcile(stage)).resolves.toEqual({ v: 1, kind: "reconciled", actions: [] });

		expect(stage.caller.operations).toEqual(["dynamodb:Query", "dynamodb:GetItem"]);
		expect(stage.caller.calls.at(-1)?.about).toBe("seats");
	});

	it("given a rollout that is driven, leaves it", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: driven"] });

		expect(namesOf(stage)).toEqual(["checkout-1"]);
	});

	it("given a service that turned idle since it was listed, leaves it", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const listed = stage.state();
		const store = { ...stage.ports.store, listBusy: async () => [listed] };
		await stage.ports.store.write("checkout", { condition: {}, set: { phase: "idle" } });

		await expect(reconcile(stage, { ...stage.ports, store })).resolves.toMatchObject({
			actions: ["checkout: idle meanwhile"],
		});
	});
});

describe("a rollout whose execution never began", () => {
	it("given less than the grace, is left to whoever admitted it", async () => {
		const stage = await acquiredOnly();
		await stage.pass(59);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: driven"] });

		expect(namesOf(stage)).toEqual([]);
	});

	it("given the grace over, is started under its own name, and said to have started even if admission died before that", async () => {
		const stage = functionStage();
		const isSaying = (operation: string): boolean => operation === "events:PutEvents";
		stage.caller.failNext({ matches: isSaying, moment: "before-effect" });
		await expect(reach(stage, "admitted")).rejects.toMatchObject({ name: "EventsUnavailableError" });
		await stage.pass(60);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: start-rollout"] });

		expect(stage.engine.list()).toMatchObject([{ name: "checkout-1", input: { v: 1, rolloutId: "checkout-1" } }]);
		expect(stage.said).toMatchObject([
			{
				kind: "rollout.started.v1",
				detail: { release: { imageDigest: canaryDigest }, replaces: { imageDigest: stableDigest } },
			},
		]);
		expect(stage.telemetry.counters.get("Reconciled{action=start-rollout}")).toBe(1);
	});

	it("given another look afterwards, finds it driven", async () => {
		const stage = await acquiredOnly();
		await stage.pass(60);
		await reconcile(stage);
		await stage.pass(60);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: driven"] });
	});
});

describe("an execution that ended without finishing", () => {
	it("given a trial, starts a rollback that says why", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stopAll(stage);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: roll-back"] });

		const minute = Math.floor(stage.clock.nowEpochMs() / 60_000);
		expect(stage.engine.list().at(-1)).toMatchObject({
			name: `checkout-1-lost-${minute - (minute % 15)}`,
			input: {
				v: 1,
				rolloutId: "checkout-1",
				cause: { kind: "execution-lost", explanation: "The execution of checkout-1 ended without finishing it." },
			},
		});
	});

	it("given that the rollback of this quarter of an hour still tries, starts none beside it", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stopAll(stage);
		await reconcile(stage);
		const started = stage.engine.list().length;

		await reconcile(stage);

		expect(stage.engine.list()).toHaveLength(started);
	});

	it("given that the rollback of this quarter of an hour has ended, starts another within the minute", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stopAll(stage);
		await reconcile(stage);
		stopAll(stage);

		await reconcile(stage);

		const minute = Math.floor(stage.clock.nowEpochMs() / 60_000);
		expect(stage.engine.list().at(-1)?.name).toBe(`checkout-1-lost-${minute}`);
	});

	it("given a dead owner, its place is taken by the input that is handed over", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await reconcile(stage);
		const request = stage.engine.list().at(-1)?.input;

		const answer = await stage.run(handlersOf(stage.ports).rollBack, rollbackPayload(request, "rollback-lost"));

		expect(answer).toMatchObject({ kind: "confirmed" });
		expect(stage.state().rollback).toMatchObject({ kind: "verdict", executionArn: "rollback-lost" });
	});

	it("given a rollback whose owner runs, leaves it", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const { executionArn } = stage.engine.start({ machineArn: rolloutMachineArn, name: "owner", input: {} });
		await stage.run(handlersOf(stage.ports).rollBack, rollbackEvent({ executionArn }));

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: driven"] });
	});

	it("given two looks in one minute, starts one rollback and pages nobody", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stopAll(stage);
		await reconcile(stage);
		const said = stage.said.length;
		await stage.pass(1);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: roll-back"] });

		expect(namesOf(stage)).toHaveLength(2);
		expect(stage.said).toHaveLength(said);
	});

	it("given a rollback that ends without finishing too, starts another one in the next minute", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stopAll(stage);
		await reconcile(stage);
		stopAll(stage);
		await stage.pass(60);

		await reconcile(stage);

		expect(namesOf(stage)).toHaveLength(3);
	});
});

describe("a closing that nobody drives", () => {
	it("given that its execution ended, is taken up again under a name of its own", async () => {
		const stage = functionStage();
		await reach(stage, "closed");
		stopAll(stage);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: resume-closing"] });

		const minute = Math.floor(stage.clock.nowEpochMs() / 60_000);
		expect(stage.engine.list().at(-1)).toMatchObject({
			name: `checkout-1-closing-${minute}`,
			input: { v: 1, rolloutId: "checkout-1" },
		});
		await expect(stage.run(handlersOf(stage.ports).planStep, payload({ stepIndex: 0 }))).resolves.toMatchObject({
			kind: "close",
		});
	});

	it("given two looks in one minute, is taken up once", async () => {
		const stage = functionStage();
		await reach(stage, "closed");
		stopAll(stage);
		await reconcile(stage);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: resume-closing"] });

		expect(namesOf(stage)).toHaveLength(2);
	});

	it("given that the second execution has taken it over and runs, is left alone", async () => {
		const stage = functionStage();
		await reach(stage, "closed");
		stopAll(stage);
		await reconcile(stage);
		const second = stage.engine.list().at(-1)?.executionArn;
		await stage.run(handlersOf(stage.ports).closeRollout, closingPayload(second));
		await stage.pass(60);

		await expect(reconcile(stage)).resolves.toMatchObject({ actions: ["checkout: driven"] });
	});

	it("given that the second execution ended too, gets a third one in another minute", async () => {
		const stage = functionStage();
		await reach(stage, "closed");
		stopAll(stage);
		await reconcile(stage);
		stopAll(stage);
		await stage.pass(60);

		await reconcile(stage);

		expect(namesOf(stage)).toHaveLength(3);
	});
});

describe("trouble with one service", () => {
	it("given that its executions cannot be read, goes on with the others and counts it", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stopAll(stage);
		const state = stage.state();
		const store = { ...stage.ports.store, listBusy: async () => [{ ...state, service: "cart" }, state] };

		await expect(reconcile(stage, { ...stage.ports, store })).resolves.toMatchObject({
			actions: ["checkout: roll-back"],
		});

		expect(stage.telemetry.counters.get("NotReconciled")).toBe(1);
		expect(stage.telemetry.lines.at(-1)).toMatchObject({ level: "error", fields: { service: "cart" } });
	});

	it("given too little time, starts nothing; the next minute does", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stopAll(stage);

		await stage.run(handlersOf(stage.ports).reconcileServices, scheduledFixture, 500);

		expect(namesOf(stage)).toEqual(["checkout-1"]);
		expect(stage.telemetry.counters.get("NotReconciled")).toBe(1);
	});

	it("given a list that cannot be read, fails aloud", async () => {
		const stage = functionStage();
		stage.caller.failNext({ matches: (operation) => operation === "dynamodb:Query", moment: "before-effect" });

		await expect(reconcile(stage)).rejects.toMatchObject({ name: "StoreUnavailableError" });
	});
});
