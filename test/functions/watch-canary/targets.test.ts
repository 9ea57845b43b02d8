import { describe, expect, it } from "vitest";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { canaryDigest, type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { reach } from "../rollout-journey.ts";
import { lookOnce, watch, watchPayload, windowStep } from "./watching.ts";

const exposedWith = async (behaviour: object): Promise<FunctionStage> => {
	const guardrails = { ...contractDefinition().guardrails, minAvailabilityPercent: 95, unhealthySeconds: 120 };
	const stage = functionStage({ guardrails });
	stage.world.versions.define(canaryDigest, behaviour);
	await reach(stage, "exposed");
	return stage;
};

/** Every target of a slot in this state, whatever its pods do. */
const setTargets = (stage: FunctionStage, slot: "blue" | "green", state: "unhealthy"): void => {
	const arn = stage.definition.route.targetGroupArns[slot];
	for (const name of namesOf(stage, slot)) stage.world.targetGroups.seed(arn, name, state);
};

const namesOf = (stage: FunctionStage, slot: "blue" | "green"): readonly string[] => {
	const { workload } = stage.definition;
	const key = `${workload.clusterName}/${workload.namespace}/${workload.deployment}-${slot}`;
	return Array.from({ length: stage.replicas(slot) }, (_, index) => `${key}#${index}`);
};

describe("a canary whose pods crash after they were ready", () => {
	it("given that no target is left, rolls back at once, long before the step ends, though no metric says a word", async () => {
		const stage = await exposedWith({ crashAfterSeconds: 40 });
		const event = watchPayload(stage);
		const began = stage.clock.nowEpochMs();

		const answer = await watch(stage, event);

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "verdict" } });
		expect(answer.cause?.explanation).toMatch(/^canary: 0 of 1 targets healthy, too few for \d+ s; stable: 4 of 4$/);
		expect(stage.clock.nowEpochMs() - began).toBeLessThan(120_000);
	});

	it("given metrics that cannot be read at that time, rolls back all the same", async () => {
		const stage = await exposedWith({});
		setTargets(stage, "green", "unhealthy");
		const ports = stage.deny((operation) => operation === "cloudwatch:GetMetricData");

		const answer = await stage.run(handlersOf(ports).watchCanary, watchPayload(stage), 75_000);

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "verdict" } });
	});

	it.each(["window", "pause"] as const)("given %s, looks twice in one invocation and rolls back", async (mode) => {
		const stage = functionStage();
		await reach(stage, mode === "window" ? "promoted" : "exposed");
		setTargets(stage, "green", "unhealthy");

		const step = mode === "window" ? { step: windowStep } : {};
		const answer = await lookOnce(stage, watchPayload(stage, { mode, ...step }));

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "verdict" } });
	});

	it("given stable without a healthy target as well, waits for a person: going back helps nobody", async () => {
		const stage = await exposedWith({});
		setTargets(stage, "green", "unhealthy");
		setTargets(stage, "blue", "unhealthy");

		await expect(lookOnce(stage, watchPayload(stage))).resolves.toMatchObject({
			kind: "pause",
			reason: "environment-unhealthy",
		});
	});

	it("given a load balancer that does not answer, concludes nothing and says so in the log", async () => {
		const stage = await exposedWith({});
		setTargets(stage, "green", "unhealthy");
		const ports = stage.deny((operation) => operation === "elasticloadbalancing:DescribeTargetHealth");

		await expect(lookOnce(stage, watchPayload(stage), 75_000, ports)).resolves.toMatchObject({ kind: "pass" });

		expect(stage.telemetry.lines.map(({ message }) => message)).toContain("targets not asked");
	});
});

describe("a canary that accepts connections and never answers", () => {
	it("given counts of what was begun, rolls back for what got no answer", async () => {
		const stage = await exposedWith({ hangAfterSeconds: 40, answersChecksWhileHanging: true });

		const answer = await watch(stage, watchPayload(stage));

		expect(answer).toMatchObject({ kind: "roll-back", cause: { kind: "verdict" } });
		expect(answer.cause?.explanation).toContain("% unanswered requests (");
	});
});

describe("a machine of the version before", () => {
	it("given a weight that was lowered, is told to pause: it knows no other answer", async () => {
		const stage = await exposedWith({});
		const { trialRuleArn = "" } = stage.state();
		const { blue, green } = stage.definition.route.targetGroupArns;
		stage.world.loadBalancer.modifyRule(trialRuleArn, { [blue]: 90, [green]: 10 });

		await expect(lookOnce(stage, watchPayload(stage, { v: 1 }))).resolves.toMatchObject({
			kind: "pause",
			reason: "external-writer",
		});
	});

	it.each([
		[1, "keep-watching"],
		[2, "hand-over"],
	])("given version %i at the last round beside a question, answers %s", async (v, kind) => {
		const stage = await exposedWith({});
		await stage.ports.store.write("checkout", {
			condition: {},
			set: {
				pause: {
					reason: "undecided",
					explanation: "e",
					token: "t",
					sinceEpochMs: stage.clock.nowEpochMs(),
					approvers: [],
				},
			},
		});

		await expect(lookOnce(stage, watchPayload(stage, { v, mode: "pause", round: 499 }))).resolves.toMatchObject({
			kind,
		});
	});
});
