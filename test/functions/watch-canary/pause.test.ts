import { describe, expect, it } from "vitest";
import { canaryDigest, type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach, rollBack } from "../rollout-journey.ts";
import { lookOnce, watchPayload } from "./watching.ts";

/** A rollout at 25 % that asks a person, and the payload of the watch that was started just before. */
const asking = async (errorRatio = 0.001) => {
	const stage = functionStage();
	stage.world.versions.define(canaryDigest, { errorRatio });
	await reach(stage, "exposed");
	const event = watchPayload(stage, { mode: "pause" });
	await stage.pass(1);
	await ask(stage, "token-1");
	return { stage, event };
};

const ask = async (stage: FunctionStage, token: string): Promise<void> => {
	const approval = { approvers: [], expiresSeconds: 3_600 };
	const question = payload({ reason: "undecided", explanation: "too few requests", approval, token });
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

	it("given that nobody has asked yet, keeps watching at its first look only", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const event = watchPayload(stage, { mode: "pause" });

		const answers = [await lookOnce(stage, event), await lookOnce(stage, { ...event, round: 1 })];

		expect(answers).toMatchObject([{ kind: "keep-watching" }, { kind: "moved" }]);
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
