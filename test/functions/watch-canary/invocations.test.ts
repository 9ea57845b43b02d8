import { describe, expect, it } from "vitest";
import { canaryDigest, type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach, rollbackPayload } from "../rollout-journey.ts";
import { comparisonStep, type LookAnswer, lookOnce, watch, watchPayload, windowStep } from "./watching.ts";

const exposed = async (errorRatio = 0.001): Promise<FunctionStage> => {
	const stage = functionStage();
	stage.world.versions.define(canaryDigest, { errorRatio });
	await reach(stage, "exposed");
	return stage;
};

const patientStep = { ...comparisonStep, minBakeSeconds: 600, maxBakeSeconds: 900 };

/** Looks with so much time each, so often, and once more when all is over: what was seen by then. */
const seenAfter = async (remainingMs: number, pauseSeconds: number): Promise<LookAnswer> => {
	const stage = await exposed();
	const endEpochMs = stage.clock.nowEpochMs() + 240_000;
	let event = watchPayload(stage, { step: patientStep });
	while (stage.clock.nowEpochMs() + remainingMs < endEpochMs) {
		const { round, evidence } = await lookOnce(stage, event, remainingMs);
		event = { ...event, round, evidence };
		await stage.pass(pauseSeconds);
	}
	await stage.pass((endEpochMs - stage.clock.nowEpochMs()) / 1_000);
	return lookOnce(stage, event, 13_000);
};

describe("how looks are split into invocations", () => {
	it.each([
		["one look each, every seven seconds", 13_000, 7],
		["as long as the deployed function runs", 75_000, 0],
		["half as long, with pauses between", 40_000, 11],
	])("given %s, sees the same by the same moment", async (_, remainingMs, pauseSeconds) => {
		const once = await seenAfter(239_000, 0);

		const split = await seenAfter(remainingMs, pauseSeconds);

		expect(split.evidence).toEqual(once.evidence);
		expect(split.evidence.settledBuckets).toBeGreaterThan(15);
	});

	it("given a harmful canary, comes to the same verdict however it is split", async () => {
		const verdicts = [];
		for (const remainingMs of [25_000, 40_000, 75_000, 280_000]) {
			const stage = await exposed(0.2);
			verdicts.push((await watch(stage, watchPayload(stage), remainingMs)).kind);
		}

		expect(verdicts).toEqual(["roll-back", "roll-back", "roll-back", "roll-back"]);
	});

	it("given the same invocation twice, counts no bucket twice", async () => {
		const stage = await exposed();
		const event = watchPayload(stage, { step: patientStep });
		await stage.pass(60);

		const answers = [await lookOnce(stage, event, 13_000), await lookOnce(stage, event, 13_000)];

		expect(answers[1]).toEqual(answers[0]);
		const again = { ...event, evidence: answers[0]?.evidence };
		expect((await lookOnce(stage, again, 13_000)).evidence).toEqual(answers[0]?.evidence);
	});

	it("given a minute, answers while time is left", async () => {
		const stage = await exposed();
		const startEpochMs = stage.clock.nowEpochMs();

		await lookOnce(stage, watchPayload(stage, { step: patientStep }));

		const usedMs = stage.clock.nowEpochMs() - startEpochMs;
		expect(usedMs).toBeGreaterThanOrEqual(50_000);
		expect(usedMs).toBeLessThanOrEqual(65_000);
	});
});

describe("rounds", () => {
	it.each([
		[498, "keep-watching"],
		[499, "hand-over"],
		[500, "keep-watching"],
		[999, "hand-over"],
	])("given round %i, answers %s, so that no execution's history grows too long", async (round, kind) => {
		const stage = await exposed();

		const answer = await lookOnce(stage, watchPayload(stage, { step: patientStep, round }), 13_000);

		expect(answer).toMatchObject({ kind, round: round + 1 });
	});
});

describe("saying what was judged", () => {
	it("given harm, only answers it: who died now, and found the canary well again, would have told an untruth", async () => {
		const stage = await exposed(0.2);
		const event = watchPayload(stage);
		await stage.pass(50);

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "roll-back" });

		expect(stage.said.filter(({ kind }) => kind === "rollout.judged.v1")).toEqual([]);
		expect(stage.telemetry.lines).toMatchObject([{ level: "info", message: "canary to go back" }]);
	});

	it("given a bus that does not listen, does not pass a step in silence", async () => {
		const stage = await exposed();
		const event = watchPayload(stage);
		await stage.pass(90);
		stage.caller.failNext({ matches: (operation) => operation === "events:PutEvents", moment: "before-effect" });

		await expect(lookOnce(stage, event)).rejects.toMatchObject({ name: "EventsUnavailableError" });

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "pass" });
	});

	it("given a step that bakes anew after a pause, says its judgement under another id", async () => {
		const stage = await exposed();
		await watch(stage, watchPayload(stage));
		await stage.pass(60);

		await watch(stage, watchPayload(stage));

		const judged = stage.said.filter(({ kind }) => kind === "rollout.judged.v1");
		expect(judged).toHaveLength(2);
		expect(new Set(judged.map(({ id }) => id)).size).toBe(2);
	});
});

describe("what a look hands over", () => {
	it("given a verdict, its cause is what the rollback machine's first task understands", async () => {
		const stage = await exposed(0.2);
		const { cause } = await watch(stage, watchPayload(stage));
		const request = { v: 1, rolloutId: "checkout-1", cause };

		const answer = await stage.run(handlersOf(stage.ports).rollBack, rollbackPayload(request, "verdict"));

		expect(answer).toMatchObject({ kind: "confirmed" });
	});

	it("given a pause, its reason and explanation are what await-person understands", async () => {
		const stage = await exposed();
		stage.world.loadBalancer.deleteRule(stage.state().trialRuleArn ?? "");
		const { reason, explanation } = await lookOnce(stage, watchPayload(stage));
		const approval = { approvers: [], expiresSeconds: 86_400 };
		const question = { v: 1, rolloutId: "checkout-1", reason, explanation, approval, token: "token" };

		await expect(stage.run(handlersOf(stage.ports).awaitPerson, question)).resolves.toMatchObject({ kind: "waiting" });
	});

	it("given the longest window and the finest period, stays far below the limit of a payload", async () => {
		const stage = functionStage({
			guardrails: { maxErrorPercent: 5, maxSlowPercent: 5, windowSeconds: 3_600, minRequests: 1 },
		});
		await reach(stage, "promoted");
		let event = watchPayload(stage, { mode: "window", step: windowStep });
		for (let minute = 0; minute < 65; minute++) {
			await stage.pass(55);
			const { kind, round, evidence } = await lookOnce(stage, event);
			expect(kind).toMatch(/^(keep-watching|close)$/);
			event = { ...event, round, evidence };
		}

		expect(JSON.stringify(event).length).toBeLessThan(65_536);
	});
});
