import { describe, expect, it } from "vitest";
import { canaryDigest, type FunctionStage, functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach, rollBack, type Station } from "../rollout-journey.ts";
import { lookOnce, watch, watchPayload, windowStep } from "./watching.ts";

const stageAt = async (station: Station, errorRatio = 0.001): Promise<FunctionStage> => {
	const stage = functionStage();
	stage.world.versions.define(canaryDigest, { errorRatio });
	await reach(stage, station);
	return stage;
};

const judgedBy = (stage: FunctionStage) => stage.said.filter(({ kind }) => kind === "rollout.judged.v1");

const windowPayload = (stage: FunctionStage): object => watchPayload(stage, { mode: "window", step: windowStep });

describe("a step", () => {
	it("given a canary that answers every fifth request with an error, rolls back at once and says with which figures", async () => {
		const stage = await stageAt("exposed", 0.2);
		const startEpochMs = stage.clock.nowEpochMs();

		const answer = await watch(stage, watchPayload(stage));

		expect(answer).toMatchObject({
			kind: "roll-back",
			cause: { kind: "verdict", triggeredAtEpochMs: expect.any(Number) },
		});
		expect(answer.cause?.explanation).toMatch(/^canary: \d+\.\d+ % errors \(\d+ of \d+ requests\), limit 5 %/);
		expect(answer.cause?.explanation).toContain("stable: ");
		expect(stage.clock.nowEpochMs() - startEpochMs).toBeLessThan(60_000);
		expect(judgedBy(stage)).toEqual([]);
	});

	it("given a healthy canary, passes when the shortest bake is over", async () => {
		const stage = await stageAt("exposed");
		const startEpochMs = stage.clock.nowEpochMs();

		const answer = await watch(stage, watchPayload(stage));

		expect(answer.kind).toBe("pass");
		const bakedSeconds = (stage.clock.nowEpochMs() - startEpochMs) / 1_000;
		expect(bakedSeconds).toBeGreaterThanOrEqual(60);
		expect(bakedSeconds).toBeLessThan(80);
		expect(judgedBy(stage)).toMatchObject([{ detail: { verdict: "pass" } }]);
	});

	it("given metrics that stop, neither passes nor rolls back: it pauses at the end and says why (promise 4)", async () => {
		const stage = await stageAt("exposed", 0.2);
		stage.world.traffic.stop();
		await stage.pass(15);
		const startEpochMs = stage.clock.nowEpochMs();

		const answer = await watch(stage, watchPayload(stage));

		expect(answer).toMatchObject({ kind: "pause", reason: "no-evidence" });
		expect(answer.explanation).toContain("data came for 0 of ");
		expect(stage.clock.nowEpochMs() - startEpochMs).toBeGreaterThanOrEqual(300_000);
	});

	it("given two versions that are equally ill, pauses for the environment", async () => {
		const stage = await stageAt("exposed", 0.2);
		stage.world.versions.define(stableDigest, { errorRatio: 0.2 });

		const answer = await watch(stage, watchPayload(stage));

		expect(answer).toMatchObject({ kind: "pause", reason: "environment-unhealthy" });
	});

	it("given a source that cannot be read, says so by the name that the machine catches", async () => {
		const stage = await stageAt("exposed");
		const event = watchPayload(stage);
		await stage.pass(40);
		const isMetrics = (operation: string): boolean => operation === "cloudwatch:GetMetricData";
		stage.caller.failNext({ matches: isMetrics, moment: "before-effect" });

		await expect(lookOnce(stage, event)).rejects.toMatchObject({ name: "MeasurementsUnavailableError" });
	});

	it("given more than one payload can hold, is refused", async () => {
		const stage = await stageAt("exposed");
		const { evidence } = await lookOnce(stage, watchPayload(stage), 13_000);
		const bucket = { startEpochMs: 0, stable: null, canary: null };
		const swollen = { ...evidence, recent: Array.from({ length: 401 }, () => bucket) };

		await expect(lookOnce(stage, watchPayload(stage, { evidence: swollen }))).rejects.toMatchObject({
			name: "InvalidEventError",
		});
	});
});

describe("the window", () => {
	it("given its time not over, takes one short look and waits for nobody", async () => {
		const stage = await stageAt("promoted");
		const now = stage.clock.nowEpochMs();

		await expect(lookOnce(stage, windowPayload(stage))).resolves.toMatchObject({ kind: "keep-watching", round: 1 });

		expect(stage.clock.nowEpochMs()).toBe(now);
		expect(judgedBy(stage)).toEqual([]);
	});

	it("given its time over and data throughout, closes", async () => {
		const stage = functionStage({ windowSeconds: 600 });
		await reach(stage, "promoted");

		const answer = await watch(stage, windowPayload(stage));

		expect(answer.kind).toBe("close");
		expect(stage.clock.nowEpochMs()).toBeGreaterThanOrEqual(stage.state().windowEndsAtEpochMs ?? Number.MAX_VALUE);
	});

	it.each([
		["close-window", "close"],
		["supersede", "close"],
		["wait", "keep-watching"],
	] as const)("given a newer release and onNewPush %s, answers %s", async (onNewPush, kind) => {
		const stage = functionStage({ onNewPush });
		await reach(stage, "promoted");
		await stage.run(handlersOf(stage.ports).admitRelease, stage.push(nextDigest, "v3"));

		await expect(lookOnce(stage, windowPayload(stage))).resolves.toMatchObject({ kind });
	});

	it("given a canary that falls ill in it, rolls back", async () => {
		const stage = await stageAt("promoted");
		stage.world.versions.define(canaryDigest, { errorRatio: 0.3 });

		const answer = await watch(stage, windowPayload(stage));

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "verdict" } });
	});
});

describe("a service that has moved on", () => {
	it("given a rollback that began before, says so and nothing else, and looks at no rule", async () => {
		const stage = await stageAt("exposed", 0.2);
		await rollBack(stage);

		await expect(lookOnce(stage, watchPayload(stage))).resolves.toMatchObject({ kind: "moved", round: 1 });

		expect(stage.caller.operations).toEqual(["dynamodb:GetItem"]);
		expect(judgedBy(stage)).toEqual([]);
	});

	it.each(["idle", "closing", "rolling-back"] as const)(
		"given a record that somebody set %s by hand, with the epoch as it was, stops at once: the right to go on is gone",
		async (phase) => {
			const stage = await stageAt("exposed");
			stage.world.table.put({ ...stage.state(), phase });

			await expect(lookOnce(stage, watchPayload(stage))).resolves.toMatchObject({ kind: "moved", round: 1 });

			expect(stage.caller.operations).toEqual(["dynamodb:GetItem"]);
		},
	);

	it("given a record that is set idle by hand while it looks, notices at the next look", async () => {
		const stage = await stageAt("exposed");
		stage.clock.after(15_000, () => stage.world.table.put({ ...stage.state(), phase: "idle" }));

		await expect(lookOnce(stage, watchPayload(stage))).resolves.toMatchObject({ kind: "moved" });
	});

	it("given a rollback that begins while it looks, notices at the next look", async () => {
		const stage = await stageAt("exposed");
		stage.clock.after(15_000, () => void rollBack(stage));
		const now = stage.clock.nowEpochMs();

		const answer = await lookOnce(stage, watchPayload(stage));

		expect(answer.kind).toBe("moved");
		expect(stage.clock.nowEpochMs() - now).toBe(20_000);
	});

	it("given a rollback between the reading of the record and that of the rules, does not take it for somebody else's hand", async () => {
		const stage = await stageAt("exposed");
		const { read } = stage.ports.router;
		const router = {
			...stage.ports.router,
			read: async (...request: Parameters<typeof read>) => {
				if (stage.state().phase === "trial") await rollBack(stage);
				return read(...request);
			},
		};

		const answer = await lookOnce(stage, watchPayload(stage), 75_000, { ...stage.ports, router });

		expect(answer.kind).toBe("moved");
		expect(judgedBy(stage)).toEqual([]);
	});

	it("given a closing, whose base rule leads to the canary by right, does not call it a foreign edit", async () => {
		const stage = await stageAt("closed");

		await expect(lookOnce(stage, windowPayload(stage))).resolves.toMatchObject({ kind: "moved" });

		expect(judgedBy(stage)).toEqual([]);
	});
});

describe("somebody else's hand on the rules", () => {
	const edit = async (change: (stage: FunctionStage) => void): Promise<FunctionStage> => {
		const stage = await stageAt("exposed");
		change(stage);
		return stage;
	};
	const setTrial =
		(weights: { readonly blue: number; readonly green: number }) =>
		(stage: FunctionStage): void => {
			const { blue, green } = stage.definition.route.targetGroupArns;
			const ruleArn = stage.state().trialRuleArn ?? "";
			stage.world.loadBalancer.modifyRule(ruleArn, { [blue]: weights.blue, [green]: weights.green });
		};
	const setBase = (stage: FunctionStage): void => {
		const { listenerArn, basePriority, targetGroupArns } = stage.definition.route;
		const ruleArn = stage.world.loadBalancer.ruleAt(listenerArn, basePriority)?.ruleArn ?? "";
		stage.world.loadBalancer.modifyRule(ruleArn, { [targetGroupArns.blue]: 90, [targetGroupArns.green]: 10 });
	};
	const deleteTrial = (stage: FunctionStage): void =>
		stage.world.loadBalancer.deleteRule(stage.state().trialRuleArn ?? "");

	it("given more weight than the step, rolls back as an external writer's doing", async () => {
		const stage = await edit(setTrial({ blue: 50, green: 50 }));

		const answer = await lookOnce(stage, watchPayload(stage));

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "external-writer" } });
		expect(answer.cause?.explanation).toContain("The router gives the canary 50 %, the step 25 %");
		expect(judgedBy(stage)).toEqual([]);
	});

	it("given less weight than the step, tells the machine, which may set it again, and touches nothing itself", async () => {
		const stage = await edit(setTrial({ blue: 90, green: 10 }));
		const before = await stage.rules();

		const answer = await lookOnce(stage, watchPayload(stage));

		expect(answer).toMatchObject({ v: 1, kind: "lowered", round: 1, evidence: { settledBuckets: 0 } });
		expect(answer.explanation).toContain("The router gives the canary 10 %, the step 25 %");
		expect(judgedBy(stage)).toMatchObject([{ detail: { verdict: "lowered" } }]);
		expect(await stage.rules()).toEqual(before);
	});

	it("given less weight than everything in the window, says the same", async () => {
		const stage = await stageAt("promoted");
		setTrial({ blue: 1, green: 99 })(stage);

		await expect(lookOnce(stage, windowPayload(stage))).resolves.toMatchObject({ kind: "lowered" });
	});

	it("given a rollback that begins while a lowered weight is looked at, answers that the rollout has moved", async () => {
		const stage = await edit(setTrial({ blue: 90, green: 10 }));
		const { read } = stage.ports.router;
		const router = {
			...stage.ports.router,
			read: async (...request: Parameters<typeof read>) => {
				const reading = await read(...request);
				await rollBack(stage);
				return reading;
			},
		};

		const answer = await lookOnce(stage, watchPayload(stage), 75_000, { ...stage.ports, router });

		expect(answer.kind).toBe("moved");
	});

	it.each([
		["a trial rule that is gone", deleteTrial],
		["a base rule that leads to the canary", setBase],
	])("given %s, pauses and fights nobody", async (_, change) => {
		const stage = await edit(change);
		const before = await stage.rules();

		const answer = await lookOnce(stage, watchPayload(stage));

		expect(answer).toMatchObject({ kind: "pause", reason: "external-writer" });
		expect(await stage.rules()).toEqual(before);
	});
});
