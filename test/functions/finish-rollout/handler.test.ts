import { describe, expect, it } from "vitest";
import { canaryDigest, type FunctionStage, functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack } from "../rollout-journey.ts";

const finish = (stage: FunctionStage, outcome: "promoted" | "rolled-back"): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).finishRollout, payload({ outcome }));

const closed = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "closed");
	return stage;
};

const rolledBack = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await reach(stage, "exposed");
	await rollBack(stage);
	return stage;
};

const kindsSaid = (stage: FunctionStage): readonly string[] => stage.said.map(({ kind }) => kind);

describe("the end of a rollout", () => {
	it("given a promotion, leaves nothing of the rollout on the idle record", async () => {
		const stage = await closed();

		await expect(finish(stage, "promoted")).resolves.toEqual({ v: 1, kind: "finished", outcome: "promoted" });

		expect(stage.state()).toEqual({
			service: "checkout",
			epoch: 2,
			phase: "idle",
			stableSlot: "green",
			stableRelease: stage.released(canaryDigest, "v2"),
			triedContents: [stage.released(canaryDigest).contentHash],
			stableEpoch: 1,
			weightPercent: 0,
			redAlarms: {},
			executionStarted: false,
			last: {
				rolloutId: "checkout-1",
				release: stage.released(canaryDigest, "v2"),
				outcome: "promoted",
				endedAtEpochMs: expect.any(Number),
			},
		});
		expect(stage.said.at(-1)).toMatchObject({ kind: "rollout.ended.v1", detail: { outcome: "promoted" } });
	});

	it("given a rollback, keeps the stable release and the slot's epoch", async () => {
		const stage = await rolledBack();

		await finish(stage, "rolled-back");

		expect(stage.state()).toMatchObject({ phase: "idle", epoch: 2, stableSlot: "blue", stableEpoch: 0 });
		expect(stage.telemetry.counters.get("RolloutEnded{outcome=rolled-back}")).toBe(1);
	});

	it("given a rollback for another release's sake, ends superseded, however often it is called", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage, { kind: "superseded" });

		await finish(stage, "rolled-back");
		await finish(stage, "rolled-back");

		expect(stage.state().last).toMatchObject({ rolloutId: "checkout-1", outcome: "superseded" });
		const ends = stage.said.filter(({ kind }) => kind === "rollout.ended.v1");
		expect(ends.map(({ detail }) => detail)).toMatchObject([{ outcome: "superseded" }, { outcome: "superseded" }]);
	});

	it("given a release that waits, leaves it to admission, which hears of the end", async () => {
		const stage = await rolledBack();
		await stage.run(handlersOf(stage.ports).admitRelease, stage.push(nextDigest, "v3"));

		await finish(stage, "rolled-back");

		expect(stage.state()).toMatchObject({ phase: "idle", next: { imageDigest: nextDigest } });
		expect(stage.said.at(-1)).toMatchObject({ kind: "rollout.ended.v1", detail: { service: "checkout" } });
	});

	it("given the same call again, says the end once more under the same id and counts it once", async () => {
		const stage = await rolledBack();
		await finish(stage, "rolled-back");

		await expect(finish(stage, "rolled-back")).resolves.toMatchObject({ kind: "finished" });

		const ended = stage.said.filter(({ kind }) => kind === "rollout.ended.v1");
		expect(ended).toHaveLength(2);
		expect(new Set(ended.map(({ id }) => id)).size).toBe(1);
		expect(stage.telemetry.counters.get("RolloutEnded{outcome=rolled-back}")).toBe(1);
	});

	it("given that saying the end is lost, says it when repeated although the record is idle", async () => {
		const stage = await closed();
		stage.caller.failNext({ matches: (operation) => operation === "events:PutEvents", moment: "before-effect" });
		await expect(finish(stage, "promoted")).rejects.toMatchObject({ name: "EventsUnavailableError" });
		expect(stage.state().phase).toBe("idle");

		await finish(stage, "promoted");

		expect(stage.said.at(-1)?.kind).toBe("rollout.ended.v1");
	});

	it.each([
		["a rollback that is under way", rolledBack, "promoted"],
		["a closing", closed, "rolled-back"],
	] as const)("given %s and the other outcome, is refused by the record", async (_, arrive, outcome) => {
		const stage = await arrive();

		await expect(finish(stage, outcome)).rejects.toMatchObject({ name: "StoreConflictError" });

		expect(kindsSaid(stage)).not.toContain("rollout.ended.v1");
	});
});

describe("an alarm that outlives the rollback", () => {
	it("given that it is still red, asks for attention and changes nothing else", async () => {
		const stage = await rolledBack();
		stage.red.set("checkout errors", stage.clock.nowEpochMs());

		await finish(stage, "rolled-back");

		expect(stage.said.slice(-2)).toMatchObject([
			{
				kind: "service.needs-attention.v1",
				detail: {
					rolloutId: "checkout-1",
					reason: expect.stringContaining("Still red after the rollback: checkout errors"),
				},
			},
			{ kind: "rollout.ended.v1" },
		]);
		expect(stage.state().phase).toBe("idle");
	});

	it.each([1, 2])("given that event number %i is lost, has said both when repeated", async (lost) => {
		const stage = await rolledBack();
		stage.red.set("checkout errors", stage.clock.nowEpochMs());
		let seen = 0;
		const matches = (operation: string): boolean => operation === "events:PutEvents" && ++seen === lost;
		stage.caller.failNext({ matches, moment: "before-effect" });
		await expect(finish(stage, "rolled-back")).rejects.toMatchObject({ name: "EventsUnavailableError" });

		await finish(stage, "rolled-back");

		expect(kindsSaid(stage)).toContain("service.needs-attention.v1");
		expect(kindsSaid(stage).at(-1)).toBe("rollout.ended.v1");
	});

	it("given more alarms than fit into a sentence, names the first ones and counts the rest", async () => {
		const alarmNames = Array.from({ length: 100 }, (_, index) => `${index} ${"x".repeat(250)}`);
		const stage = functionStage({ alarmNames });
		await reach(stage, "exposed");
		await rollBack(stage);
		for (const name of alarmNames) stage.red.set(name, stage.clock.nowEpochMs());

		await finish(stage, "rolled-back");

		const asked = stage.said.find(({ kind }) => kind === "service.needs-attention.v1");
		expect(asked?.detail).toMatchObject({ reason: expect.stringContaining("and 95 more") });
	});

	it("given a promotion, asks no alarm", async () => {
		const stage = await closed();
		stage.red.set("checkout errors", stage.clock.nowEpochMs());

		await finish(stage, "promoted");

		expect(kindsSaid(stage)).not.toContain("service.needs-attention.v1");
	});
});

const recordsOf = (stage: FunctionStage) => stage.world.table.records("checkout");

describe("what is remembered of a rollout", () => {
	it("given a promotion, remembers each weight, what was replaced and when it served everything", async () => {
		const stage = await closed();

		await finish(stage, "promoted");

		expect(recordsOf(stage)).toMatchObject([
			{
				rolloutId: "checkout-1",
				outcome: "promoted",
				release: { imageDigest: canaryDigest },
				replaces: { imageDigest: stableDigest },
				highestWeightPercent: 100,
				shifts: [{ weightPercent: 25 }, { weightPercent: 100 }],
				promotedAtEpochMs: expect.any(Number),
			},
		]);
	});

	it("given a rollback, remembers its cause", async () => {
		const stage = await rolledBack();

		await finish(stage, "rolled-back");

		expect(recordsOf(stage)).toMatchObject([
			{ outcome: "rolled-back", cause: "verdict", explanation: "canary: 9.00 % errors", highestWeightPercent: 25 },
		]);
	});

	it("given a call and its repetition, measures the rollout once", async () => {
		const stage = await rolledBack();

		await finish(stage, "rolled-back");
		await finish(stage, "rolled-back");

		expect(stage.telemetry.measures.map(({ metricName, dimensions }) => ({ metricName, ...dimensions }))).toEqual([
			{ metricName: "RolloutSeconds", outcome: "rolled-back" },
			{ metricName: "SecondsAtWeight", weightPercent: "25" },
			{ metricName: "DetectionSeconds", cause: "verdict" },
		]);
	});

	it("given that the record cannot be kept, does not forget the rollout", async () => {
		const stage = await rolledBack();
		stage.caller.failNext({ matches: (operation) => operation === "dynamodb:PutItem", moment: "before-effect" });

		await expect(finish(stage, "rolled-back")).rejects.toMatchObject({ name: "HistoryUnavailableError" });

		expect(stage.state().phase).toBe("rolling-back");
		await finish(stage, "rolled-back");
		expect(recordsOf(stage)).toHaveLength(1);
	});

	it.each(["before-effect", "after-effect"] as const)(
		"given that the service's becoming idle is lost (%s), remembers the rollout once",
		async (moment) => {
			const stage = await rolledBack();
			stage.caller.failNext({ matches: (operation) => operation === "dynamodb:UpdateItem", moment });
			await expect(finish(stage, "rolled-back")).rejects.toMatchObject({ name: "StoreUnavailableError" });

			await finish(stage, "rolled-back");

			expect(recordsOf(stage)).toHaveLength(1);
			expect(stage.state().phase).toBe("idle");
		},
	);
});
