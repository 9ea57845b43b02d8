import { describe, expect, it } from "vitest";
import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { canaryDigest, type FunctionStage, functionStage, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";

const admit = (stage: FunctionStage, event: object, remainingMs?: number): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).admitRelease, event, remainingMs);

/** A second service that rolls out images of the same repository. */
const cartOf = ({ definition }: FunctionStage): ServiceDefinition => ({
	...definition,
	service: "cart",
	workload: { ...definition.workload, deployment: "cart", inClusterService: null },
	route: { ...definition.route, basePriority: 201, trialPriority: 200 },
	alarmNames: [],
});

const enrolCart = (stage: FunctionStage): void =>
	stage.world.enrol(cartOf(stage), { imageDigest: stableDigest, replicas: 2, requestsPerSecond: 10 });

describe("one repository for two services", () => {
	it("given a push, starts a rollout of each", async () => {
		const stage = functionStage();
		enrolCart(stage);

		const answer = await admit(stage, stage.push(canaryDigest, "v2"));

		expect(answer).toMatchObject({ outcomes: ["cart: started cart-1", "checkout: started checkout-1"] });
		expect(stage.engine.list().map(({ name }) => name)).toEqual(["cart-1", "checkout-1"]);
	});

	it("given one that is declared and not enrolled yet, says so and rolls out the other", async () => {
		const stage = functionStage();
		await stage.ports.catalog.publish(cartOf(stage));

		const answer = await admit(stage, stage.push(canaryDigest, "v2"));

		expect(answer).toMatchObject({
			kind: "looked",
			outcomes: [expect.stringMatching(/^cart: Service "cart" was never enrolled/), "checkout: started checkout-1"],
		});
	});

	it("given trouble with one of them, rolls out the other before the event is delivered again", async () => {
		const stage = functionStage();
		enrolCart(stage);
		const push = stage.push(canaryDigest, "v2");
		stage.caller.failNext({ matches: (operation) => operation === "dynamodb:GetItem", moment: "before-effect" });

		await expect(admit(stage, push)).rejects.toMatchObject({ name: "StoreUnavailableError" });

		expect(stage.state().rolloutId).toBe("checkout-1");
		expect(stage.world.table.get("cart")?.phase).toBe("idle");
		await expect(admit(stage, push)).resolves.toMatchObject({
			outcomes: expect.arrayContaining([
				"cart: started cart-1",
				expect.stringMatching(/^checkout: .* it is the release on trial$/),
			]),
		});
	});
});

describe("an admission that is interrupted", () => {
	const start = (operation: string): boolean => operation === "states:StartExecution";

	it("given a crash between acquiring and starting, resumes with the same rollout", async () => {
		const stage = functionStage();
		const push = stage.push(canaryDigest, "v2");
		stage.caller.failNext({ matches: start, moment: "before-effect" });
		await expect(admit(stage, push)).rejects.toMatchObject({ name: "ExecutionsUnavailableError" });
		expect(stage.state()).toMatchObject({ phase: "preparing", executionStarted: false });

		const answer = await admit(stage, push);

		expect(answer).toMatchObject({ outcomes: ["checkout: started checkout-1"] });
		expect(stage.state()).toMatchObject({ epoch: 1, executionStarted: true });
		expect(stage.engine.list().map(({ name }) => name)).toEqual(["checkout-1"]);
	});

	it("given any one of its calls lost before or after its effect, ends alike once the event comes again", async () => {
		const untroubled = functionStage();
		await admit(untroubled, untroubled.push(canaryDigest, "v2"));
		const operations = untroubled.caller.calls.map(({ operation }) => operation);
		const calls = operations.length;
		// The cluster is asked again at once.
		const isAskedAgain = (operation = ""): boolean => /^(kubernetes|eks):/.test(operation);

		expect(calls).toBe(15);
		for (const moment of ["before-effect", "after-effect"] as const) {
			for (let lost = 1; lost <= calls; lost++) {
				const stage = functionStage();
				const push = stage.push(canaryDigest, "v2");
				let seen = 0;
				stage.caller.failNext({ matches: () => ++seen === lost, moment });
				const first = admit(stage, push);
				await (isAskedAgain(operations[lost - 1]) ? first : expect(first).rejects.toThrow());
				await admit(stage, push);

				expect(stage.state()).toEqual(untroubled.state());
				expect(stage.engine.list().map(({ name }) => name)).toEqual(["checkout-1"]);
				expect([...new Set(stage.said.map(({ id }) => id))]).toEqual(untroubled.said.map(({ id }) => id));
			}
		}
	});

	it("given too little time, throws before it acquires anything", async () => {
		const stage = functionStage();

		const late = admit(stage, stage.push(canaryDigest, "v2"), 500);

		await expect(late).rejects.toMatchObject({ name: "DeadlineUnavailableError" });
		expect(stage.state().phase).toBe("idle");
		expect(stage.said).toEqual([]);
	});

	it("given a table that denies access, throws, so that the push is kept and not dropped", async () => {
		const stage = functionStage();
		const { admitRelease } = handlersOf(stage.deny((operation) => operation.startsWith("dynamodb:")));

		const denied = stage.run(admitRelease, stage.push(canaryDigest, "v2"));

		await expect(denied).rejects.toMatchObject({ name: "InvalidAwsCallError" });
		expect([...stage.telemetry.counters]).toEqual([["InvalidInput{error=InvalidAwsCallError}", 1]]);
	});
});

describe("an event that admission does not know", () => {
	it.each([
		["of another source", { source: "aws.s3", detail: { "repository-name": "shop/checkout" } }],
		["without a repository", { source: "aws.ecr", detail: {} }],
		["of another kind", { source: "sluice", "detail-type": "rollout.started.v1", detail: { service: "checkout" } }],
		["that is no object", "push"],
	])("given one %s, answers that it is refused, counts it and touches nothing", async (_, event) => {
		const stage = functionStage();

		const answer = await stage.run(handlersOf(stage.ports).admitRelease, event);

		expect(answer).toMatchObject({ v: 1, kind: "refused", reason: expect.stringContaining("Event is not valid") });
		expect(stage.telemetry.counters.get("Refused{error=InvalidEventError}")).toBe(1);
		expect(stage.caller.operations).toEqual([]);
	});

	it("given a repository that no service rolls out, looks at nothing", async () => {
		const stage = functionStage();

		const answer = await admit(stage, { source: "aws.ecr", detail: { "repository-name": "shop/other" } });

		expect(answer).toEqual({ v: 1, kind: "looked", outcomes: [] });
	});

	it("given the end of a rollout of a service that was removed since, has nothing to do", async () => {
		const stage = functionStage();
		await stage.ports.catalog.withdraw("checkout");
		const event = { source: "sluice", "detail-type": "rollout.ended.v1", detail: { service: "checkout" } };

		const answer = await admit(stage, event);

		expect(answer).toMatchObject({ kind: "looked", outcomes: [expect.stringContaining("does not exist")] });
	});
});
