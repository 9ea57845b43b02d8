import { describe, expect, it } from "vitest";
import type { ServiceDefinition } from "../../../lib/domain/service-definition.ts";
import { RegistryUnavailableError } from "../../../lib/ports/image-registry.ts";
import scheduled from "../../fixtures/events/aws.events.scheduled.json" with { type: "json" };
import { canaryDigest, type FunctionStage, functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";

const wholeTimeoutMs = 120_000;

const sweep = (stage: FunctionStage, remainingMs = wholeTimeoutMs): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).admitRelease, scheduled, remainingMs);

/** A service besides, of a repository of its own. */
const enrol = (stage: FunctionStage, service: string): ServiceDefinition => {
	const { definition, world } = stage;
	const other: ServiceDefinition = {
		...definition,
		service,
		repositoryName: `shop/${service}`,
		workload: { ...definition.workload, deployment: service, inClusterService: null },
		route: { ...definition.route, basePriority: 201, trialPriority: 200 },
		alarmNames: [],
	};
	world.enrol(other, { imageDigest: stableDigest, replicas: 2, requestsPerSecond: 10 });
	return other;
};

/** Services that are known and have no image to roll out, so that a look at one is cheap. */
const declare = async (stage: FunctionStage, count: number): Promise<readonly string[]> => {
	const names = Array.from({ length: count }, (_, index) => `s${String(index).padStart(4, "0")}`);
	for (const service of names) {
		await stage.ports.catalog.publish({ ...stage.definition, service, repositoryName: "shop/none", alarmNames: [] });
	}
	return names;
};

describe("a sweep", () => {
	it("given a push that nobody was told of, starts its rollout and counts it", async () => {
		const stage = functionStage();
		stage.push(canaryDigest, "v2");

		const answer = await sweep(stage);

		expect(answer).toEqual({ v: 1, kind: "looked", outcomes: ["checkout: started checkout-1"] });
		expect(stage.state()).toMatchObject({ phase: "preparing", executionStarted: true });
		expect(stage.said.map(({ kind }) => kind)).toEqual(["rollout.started.v1"]);
		expect([...stage.telemetry.counters]).toEqual([["FoundBySweep", 1]]);
	});

	it("given an image that was pushed more than a day ago, leaves it alone: nobody missed it a moment ago", async () => {
		const stage = functionStage();
		stage.push(canaryDigest, "v2");
		await stage.clock.run(stage.clock.nowEpochMs() + 86_400_001);

		const answer = await sweep(stage);

		expect(answer).toMatchObject({ outcomes: [expect.stringContaining("too long ago")] });
		expect(stage.state().phase).toBe("idle");
	});

	it("given that the release under way was deleted, what is newest then does not wait for its place", async () => {
		const stage = functionStage();
		stage.push(nextDigest, "v3");
		await stage.clock.run(stage.clock.nowEpochMs() + 60_000);
		await reach(stage, "exposed");
		const { registry } = stage.world;
		const describe = registry.describeImages.bind(registry);
		registry.describeImages = (name) => describe(name).filter(({ imageDigest }) => imageDigest !== canaryDigest);

		const answer = await sweep(stage);

		expect(answer).toMatchObject({ outcomes: [expect.stringContaining("is older than the rollout under way")] });
		expect(stage.state().next).toBeUndefined();
	});

	it("given services of several repositories, looks at each", async () => {
		const stage = functionStage();
		enrol(stage, "cart");
		stage.world.registry.push("shop/cart", "v7", nextDigest, stage.clock.nowEpochMs());
		stage.push(canaryDigest, "v2");

		await sweep(stage);

		expect(stage.state().release?.imageDigest).toBe(canaryDigest);
		expect(stage.world.table.get("cart")?.release?.imageDigest).toBe(nextDigest);
	});

	it("given a rollout whose end nobody was told of, starts what waited", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await stage.run(handlersOf(stage.ports).admitRelease, stage.push(nextDigest, "v3"));
		await rollBack(stage);
		await finishRollback(stage);

		const answer = await sweep(stage);

		expect(answer).toMatchObject({ outcomes: ["checkout: started checkout-3"] });
		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: nextDigest } });
	});

	it("given an acquired service whose start was lost, starts the same rollout and no other", async () => {
		const stage = functionStage();
		const push = stage.push(canaryDigest, "v2");
		const isStart = (operation: string): boolean => operation === "states:StartExecution";
		stage.caller.failNext({ matches: isStart, moment: "before-effect" });
		await expect(stage.run(handlersOf(stage.ports).admitRelease, push)).rejects.toThrow();

		await sweep(stage);

		expect(stage.state()).toMatchObject({ epoch: 1, executionStarted: true });
		expect(stage.engine.list().map(({ name }) => name)).toEqual(["checkout-1"]);
		expect(stage.telemetry.counters.has("FoundBySweep")).toBe(false);
	});

	it("given a lost push during a rollout, queues its release once, however often it looks", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		stage.push(nextDigest, "v3");

		await sweep(stage);
		const { length } = stage.said;
		const again = await sweep(stage);

		expect(stage.state()).toMatchObject({ rolloutId: "checkout-1", next: { imageDigest: nextDigest } });
		expect(stage.said.filter(({ kind }) => kind === "release.queued.v1")).toHaveLength(1);
		expect(again).toMatchObject({ outcomes: [`checkout: ${stage.released(nextDigest).id} ignored: it already waits`] });
		expect(stage.said).toHaveLength(length);
	});

	it("given a release that was rolled back, never brings it back and says nothing", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await finishRollback(stage);
		const before = stage.state();
		const { length } = stage.said;

		for (let time = 0; time < 3; time++) await sweep(stage);

		expect(stage.state()).toEqual(before);
		expect(stage.said).toHaveLength(length);
		expect(stage.telemetry.counters.has("ReleaseRefused")).toBe(false);
	});

	it("given a service that serves the newest release, looks and writes nothing", async () => {
		const stage = functionStage();
		stage.push(stableDigest, "v1");

		await sweep(stage);

		expect(stage.caller.operations).toEqual([
			"s3:ListObjectsV2",
			"s3:GetObject",
			"ecr:DescribeImages",
			"dynamodb:GetItem",
			"eks:DescribeCluster",
			"kubernetes:get:deployments",
			"kubernetes:get:configmaps",
			"kubernetes:get:configmaps",
		]);
	});

	it("given one that is declared and not enrolled yet, passes over it", async () => {
		const stage = functionStage();
		await stage.ports.catalog.publish({ ...stage.definition, service: "cart", alarmNames: [] });
		stage.push(canaryDigest, "v2");

		const answer = await sweep(stage);

		expect(answer).toMatchObject({
			kind: "looked",
			outcomes: expect.arrayContaining([expect.stringMatching(/^cart: Service "cart" was never enrolled/)]),
		});
		expect(stage.state().rolloutId).toBe("checkout-1");
	});

	it("given trouble with some of them, tries all the others, logs and counts each, and does not fail as a whole", async () => {
		const stage = functionStage();
		await declare(stage, 30);
		stage.push(canaryDigest, "v2");
		const { newest } = stage.ports.registry;
		let looks = 0;
		const registry: typeof stage.ports.registry = {
			...stage.ports.registry,
			newest: (...question) =>
				++looks <= 2 ? Promise.reject(new RegistryUnavailableError("busy")) : newest(...question),
		};

		const swept = stage.run(handlersOf({ ...stage.ports, registry }).admitRelease, scheduled, wholeTimeoutMs);

		await expect(swept).resolves.toMatchObject({ kind: "looked" });
		expect(stage.telemetry.counters.get("SweepFailed")).toBe(2);
		expect(looks).toBe(31);
		const logged = stage.telemetry.lines.filter(({ message }) => message === "not admitted");
		expect(new Set(logged.map(({ fields }) => fields.service)).size).toBe(2);
	});

	it("given a catalog that does not answer, fails", async () => {
		const stage = functionStage();
		stage.caller.failNext({ matches: (operation) => operation === "s3:ListObjectsV2", moment: "before-effect" });

		await expect(sweep(stage)).rejects.toMatchObject({ name: "CatalogUnavailableError" });
	});
});

describe("a sweep that runs out of time", () => {
	/** A registry each of whose answers takes its time. */
	const slow = (stage: FunctionStage, seconds: number) => {
		const { newest } = stage.ports.registry;
		const registry: typeof stage.ports.registry = {
			...stage.ports.registry,
			newest: async (...question) => {
				await stage.caller.sleep(seconds * 1_000);
				return newest(...question);
			},
		};
		return handlersOf({ ...stage.ports, registry }).admitRelease;
	};

	it("given 1,000 services and half a second for each, looks at all of them in time", async () => {
		const stage = functionStage();
		await declare(stage, 999);

		const answer = await stage.run(slow(stage, 0.5), scheduled, wholeTimeoutMs);

		expect(answer).toMatchObject({ outcomes: { length: 1_000 } });
		expect(stage.telemetry.counters.has("SweepCutShort")).toBe(false);
	});

	it("given services that take too long, begins no more of them, finishes those and counts that it was cut short", async () => {
		const stage = functionStage();
		await declare(stage, 999);

		const answer = await stage.run(slow(stage, 4), scheduled, wholeTimeoutMs);

		// Ten begin every four seconds, the last of them with 20 s left: 26 times ten.
		expect(answer).toMatchObject({ kind: "looked", outcomes: { length: 260 } });
		expect(stage.telemetry.lines).toMatchObject([
			{ level: "warn", message: "sweep cut short", fields: { services: 1_000, left: 740 } },
		]);
		expect(stage.telemetry.counters.get("SweepCutShort")).toBe(1);
	});

	it("given two in a row, does not begin with the same service", async () => {
		const stage = functionStage();
		await declare(stage, 50);
		const firstLookedAt = async (): Promise<string | undefined> => {
			const looked: string[] = [];
			const { read } = stage.ports.catalog;
			const catalog = {
				...stage.ports.catalog,
				read: (service: string) => {
					looked.push(service);
					return read(service);
				},
			};
			await stage.run(handlersOf({ ...stage.ports, catalog }).admitRelease, scheduled, wholeTimeoutMs);
			return looked[0];
		};

		const first = await firstLookedAt();
		await stage.pass(300.017);

		expect(await firstLookedAt()).not.toBe(first);
	});
});

describe("a scheduled event that is none", () => {
	it.each([
		["of another source", { ...scheduled, source: "shop.events" }],
		["of another kind", { ...scheduled, "detail-type": "Scheduled Job" }],
	])("given one %s, refuses it and touches nothing", async (_, event) => {
		const stage = functionStage();

		const answer = await stage.run(handlersOf(stage.ports).admitRelease, event);

		expect(answer).toMatchObject({ kind: "refused" });
		expect(stage.caller.operations).toEqual([]);
	});
});
