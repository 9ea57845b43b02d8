import { describe, expect, it } from "vitest";
import pushFixture from "../../fixtures/events/aws.ecr.image-push.json" with { type: "json" };
import { canaryDigest, type FunctionStage, functionStage, nextDigest, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack, type Station } from "../rollout-journey.ts";

const endedEvent = {
	source: "sluice",
	"detail-type": "rollout.ended.v1",
	detail: { service: "checkout", rolloutId: "checkout-1", outcome: "rolled-back" },
};

const admit = (stage: FunctionStage, event: object): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).admitRelease, event);

const kindsSaid = (stage: FunctionStage): readonly string[] => stage.said.map(({ kind }) => kind);

describe("a push to an idle service", () => {
	it("given a new release, acquires the service, says so and starts the execution named after the rollout", async () => {
		const stage = functionStage();

		const answer = await admit(stage, stage.push(canaryDigest, "v2"));

		expect(answer).toEqual({ v: 1, kind: "looked", outcomes: ["checkout: started checkout-1"] });
		expect(stage.state()).toMatchObject({
			phase: "preparing",
			epoch: 1,
			rolloutId: "checkout-1",
			release: { imageDigest: canaryDigest, tag: "v2" },
			executionStarted: true,
			startedAtEpochMs: stage.clock.nowEpochMs(),
		});
		expect(stage.engine.list()).toMatchObject([{ name: "checkout-1", input: { v: 1, rolloutId: "checkout-1" } }]);
		expect(stage.said).toMatchObject([
			{
				kind: "rollout.started.v1",
				detail: { release: { imageDigest: canaryDigest }, replaces: { imageDigest: stableDigest } },
			},
		]);
	});

	it("given an event as ECR really sends it, looks at the registry and not at the event's digest", async () => {
		const stage = functionStage();
		stage.push(canaryDigest, "v2");

		await admit(stage, pushFixture);

		expect(stage.state().release?.imageDigest).toBe(canaryDigest);
	});

	it("given the same push twice, starts one rollout and says it once", async () => {
		const stage = functionStage();
		const push = stage.push(canaryDigest, "v2");
		await admit(stage, push);

		const second = await admit(stage, push);

		expect(second).toMatchObject({
			outcomes: [`checkout: ${stage.released(canaryDigest).id} ignored: it is the release on trial`],
		});
		expect(stage.engine.list()).toHaveLength(1);
		expect(kindsSaid(stage)).toEqual(["rollout.started.v1"]);
	});

	it("given a push of what serves, ignores it", async () => {
		const stage = functionStage();

		const answer = await admit(stage, stage.push(stableDigest, "v2"));

		expect(answer).toMatchObject({
			outcomes: [`checkout: ${stage.released(stableDigest).id} ignored: it already serves`],
		});
		expect(stage.state().phase).toBe("idle");
		expect(stage.said).toEqual([]);
	});

	it("given no tag that matches, says what was looked for", async () => {
		const stage = functionStage({ tagPattern: "^release-" });

		const answer = await admit(stage, stage.push(canaryDigest, "v2"));

		expect(answer).toMatchObject({
			outcomes: ["checkout: no image in shop/checkout has a tag that matches ^release-"],
		});
		expect(stage.state().phase).toBe("idle");
	});

	it("given a newer image whose tag does not match, rolls out the newest one that does", async () => {
		const stage = functionStage();
		stage.push(canaryDigest, "v2");
		await stage.pass(1);

		await admit(stage, stage.push(nextDigest, "nightly"));

		expect(stage.state().release?.imageDigest).toBe(canaryDigest);
	});

	it("given another delivery of the same push that was faster, does not call it a refusal", async () => {
		const stage = functionStage();
		const idle = stage.state();
		const push = stage.push(canaryDigest, "v2");
		await admit(stage, push);
		let reads = 0;
		const { read } = stage.ports.store;
		const store = { ...stage.ports.store, read: async () => (++reads === 1 ? idle : read("checkout")) };

		const answer = await stage.run(handlersOf({ ...stage.ports, store }).admitRelease, push);

		expect(answer).toMatchObject({ outcomes: [`checkout: ${stage.released(canaryDigest).id} is being rolled out`] });
		expect(kindsSaid(stage)).toEqual(["rollout.started.v1"]);
	});

	it("given a rollout that began after the record was read, decides anew on what the refusal brought", async () => {
		const stage = functionStage();
		const idle = stage.state();
		await reach(stage, "admitted");
		const store = { ...stage.ports.store, read: async () => idle };
		const { admitRelease } = handlersOf({ ...stage.ports, store });

		const answer = await stage.run(admitRelease, stage.push(nextDigest, "v3"));

		expect(answer).toMatchObject({ outcomes: [`checkout: queued ${stage.released(nextDigest).id}`] });
		expect(stage.state()).toMatchObject({ rolloutId: "checkout-1", next: { imageDigest: nextDigest } });
	});
});

describe("a push while a rollout is under way", () => {
	const busy: readonly (readonly [phase: string, station: Station, isRollingBack: boolean])[] = [
		["preparing", "admitted", false],
		["trial", "exposed", false],
		["window", "promoted", false],
		["closing", "closed", false],
		["rolling-back", "exposed", true],
	];

	it.each(busy)(
		"given a service that is %s, queues the newest and supersedes what waited",
		async (phase, station, isRollingBack) => {
			const stage = functionStage();
			await reach(stage, station);
			if (isRollingBack) await rollBack(stage);
			const before = stage.said.length;
			await admit(stage, stage.push(nextDigest, "v3"));
			await stage.pass(1);
			const newest = `sha256:${"d".repeat(64)}`;

			const answer = await admit(stage, stage.push(newest, "v4"));

			expect(answer).toMatchObject({ outcomes: [`checkout: queued ${stage.released(newest).id}`] });
			expect(stage.state()).toMatchObject({ phase, rolloutId: "checkout-1", next: { imageDigest: newest } });
			expect(stage.said.slice(before)).toMatchObject([
				{ kind: "release.queued.v1", detail: { reason: "checkout-1 is under way" } },
				{ kind: "release.queued.v1", detail: { release: { imageDigest: newest } } },
				{
					kind: "rollout.superseded.v1",
					detail: { release: { imageDigest: nextDigest }, by: { imageDigest: newest } },
				},
			]);
		},
	);

	it("given the push of what waits once more, leaves it waiting and says nothing", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		const push = stage.push(nextDigest, "v3");
		await admit(stage, push);
		const before = stage.said.length;

		const answer = await admit(stage, push);

		expect(answer).toMatchObject({
			outcomes: [`checkout: ${stage.released(nextDigest).id} ignored: it already waits`],
		});
		expect(stage.said).toHaveLength(before);
	});

	it("given that the rollout has ended, starts what waited", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await admit(stage, stage.push(nextDigest, "v3"));
		await rollBack(stage);
		await finishRollback(stage);

		const answer = await admit(stage, endedEvent);

		expect(answer).toMatchObject({ outcomes: ["checkout: started checkout-3"] });
		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: nextDigest } });
	});

	it.each(["before-effect", "after-effect"] as const)(
		"given that saying so is lost %s, another delivery says it and queues once",
		async (moment) => {
			const stage = functionStage();
			await reach(stage, "exposed");
			const push = stage.push(nextDigest, "v3");
			stage.caller.failNext({ matches: (operation) => operation === "events:PutEvents", moment });
			await expect(admit(stage, push)).rejects.toMatchObject({ name: "EventsUnavailableError" });

			await admit(stage, push);

			expect(stage.state().next?.imageDigest).toBe(nextDigest);
			const queued = stage.said.filter(({ kind }) => kind === "release.queued.v1");
			expect(new Set(queued.map(({ id }) => id)).size).toBe(1);
		},
	);
});

describe("a release that was rolled back", () => {
	const rolledBack = async (): Promise<FunctionStage> => {
		const stage = functionStage();
		await reach(stage, "exposed");
		await rollBack(stage);
		await finishRollback(stage);
		return stage;
	};

	it("given a push of it, refuses it aloud", async () => {
		const stage = await rolledBack();

		const answer = await admit(stage, stage.push(canaryDigest, "v2"));

		expect(answer).toMatchObject({
			outcomes: [
				`checkout: Release ${stage.released(canaryDigest).id} was admitted before; a release is admitted automatically once.`,
			],
		});
		expect(stage.state().phase).toBe("idle");
		expect(stage.said.at(-1)).toMatchObject({ kind: "release.refused.v1", detail: { imageDigest: canaryDigest } });
		expect(stage.telemetry.counters.get("ReleaseRefused")).toBe(1);
	});

	it("given the end of its rollout, leaves it alone and says nothing: nobody asked", async () => {
		const stage = await rolledBack();
		const before = stage.said.length;

		await admit(stage, endedEvent);

		expect(stage.state().phase).toBe("idle");
		expect(stage.said).toHaveLength(before);
		expect(stage.telemetry.counters.has("ReleaseRefused")).toBe(false);
	});
});
