import { describe, expect, it } from "vitest";
import { canaryDigest, type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack } from "../rollout-journey.ts";
import { lookOnce, watchPayload } from "./watching.ts";

/** A rollout at 25 % that asks a person, and the payload of the watch that was started just before. */
const asking = async (errorRatio = 0.001, afterSeconds = 1) => {
	const stage = functionStage();
	stage.world.versions.define(canaryDigest, { errorRatio });
	await reach(stage, "exposed");
	const event = watchPayload(stage, { mode: "pause" });
	const startEpochMs = stage.clock.nowEpochMs();
	await stage.pass(afterSeconds);
	await ask(stage, "token-1", startEpochMs);
	return { stage, event };
};

const ask = async (stage: FunctionStage, token: string, askedAtEpochMs?: number): Promise<void> => {
	const approval = { approvers: [], expiresSeconds: 3_600 };
	const question = payload({ reason: "undecided", explanation: "too few requests", approval, token, askedAtEpochMs });
	await stage.run(handlersOf(stage.ports).awaitPerson, question);
};

describe("a watch while a person is asked", () => {
	it("given a healthy canary, takes one short look and keeps watching, whatever the clock says", async () => {
		const { stage, event } = await asking();
		await stage.pass(600);
		const now = stage.clock.nowEpochMs();

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "keep-watching", round: 1 });

		expect(stage.clock.nowEpochMs()).toBe(now);
	});

	it("given a canary that harms users, does not wait for the person", async () => {
		const { stage, event } = await asking(0.2);
		await stage.pass(60);

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "roll-back", cause: { kind: "verdict" } });
	});

	/** Somebody gives the canary this share by hand. */
	const weigh = (stage: FunctionStage, percent: number): void => {
		const { blue, green } = stage.definition.route.targetGroupArns;
		stage.world.loadBalancer.modifyRule(stage.state().trialRuleArn ?? "", { [blue]: 100 - percent, [green]: percent });
	};

	it("given a hand that gives the canary more than it has, sends everybody back", async () => {
		const { stage, event } = await asking();
		await stage.pass(60);
		weigh(stage, 100);

		const answer = await lookOnce(stage, event);

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "external-writer" } });
		expect(answer.cause?.explanation).toContain("The router gives the canary 100 %, the step 25 %");
	});

	it("given a hand that gives it less, leaves that to the step that comes after the answer", async () => {
		const { stage, event } = await asking();
		await stage.pass(60);
		weigh(stage, 10);

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "keep-watching" });
	});

	it("given a weight that Sluice has claimed since the record was read, takes it for its own", async () => {
		const { stage, event } = await asking();
		await stage.pass(60);
		const { read } = stage.ports.router;
		const router = {
			...stage.ports.router,
			read: async (...request: Parameters<typeof read>) => {
				await stage.ports.store.write("checkout", { condition: {}, set: { weightPercent: 50 } });
				weigh(stage, 50);
				return read(...request);
			},
		};

		const answer = await lookOnce(stage, event, 75_000, { ...stage.ports, router });

		expect(answer.kind).toBe("keep-watching");
	});

	it("given that nobody has asked yet, keeps watching as long as asking can take", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const event = watchPayload(stage, { mode: "pause" });
		const first = await lookOnce(stage, event);
		await stage.pass(600);
		const second = await lookOnce(stage, { ...event, round: 1 });
		await stage.pass(301);

		const last = await lookOnce(stage, { ...event, round: 2 });

		expect([first, second, last]).toMatchObject([
			{ kind: "keep-watching" },
			{ kind: "keep-watching" },
			{ kind: "moved" },
		]);
	});

	it("given a question that came minutes late, stays beside it until it is answered", async () => {
		const { stage, event } = await asking(0.001, 180);
		const beside = await lookOnce(stage, { ...event, round: 3 });
		await stage.ports.store.write("checkout", { condition: {}, set: {}, remove: ["pause"] });

		const answered = await lookOnce(stage, { ...event, round: 4 });

		expect([beside, answered]).toMatchObject([{ kind: "keep-watching" }, { kind: "moved" }]);
	});

	it("given a canary that harms users while asking fails, does not wait for the question", async () => {
		const stage = functionStage();
		stage.world.versions.define(canaryDigest, { errorRatio: 0.2 });
		await reach(stage, "exposed");
		const event = watchPayload(stage, { mode: "pause" });
		await stage.pass(90);

		await expect(lookOnce(stage, { ...event, round: 1 })).resolves.toMatchObject({ kind: "roll-back" });
	});

	it("given an answer, ends without a word", async () => {
		const { stage, event } = await asking();
		await stage.ports.store.write("checkout", { condition: {}, set: {}, remove: ["pause"] });

		await expect(lookOnce(stage, { ...event, round: 1 })).resolves.toMatchObject({ kind: "moved" });

		expect(stage.said.map(({ kind }) => kind)).not.toContain("rollout.judged.v1");
	});

	it("given another question since, leaves it to that one's watch", async () => {
		const { stage, event } = await asking();
		await stage.pass(120);
		await ask(stage, "token-2");

		await expect(lookOnce(stage, { ...event, round: 2 })).resolves.toMatchObject({ kind: "moved" });
	});

	it("given a rollback that is under way, ends", async () => {
		const { stage, event } = await asking(0.2);
		await rollBack(stage);

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "moved" });
	});

	it("given somebody else's hand on the rules, leaves that to the watch of the step", async () => {
		const { stage, event } = await asking();
		stage.world.loadBalancer.deleteRule(stage.state().trialRuleArn ?? "");

		await expect(lookOnce(stage, event)).resolves.toMatchObject({ kind: "keep-watching" });
	});
});
