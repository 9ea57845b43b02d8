import { describe, expect, it } from "vitest";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { digestOf } from "../../simulator/fakes/stage.ts";
import { type Answer, blue, hosted, release, template, workload } from "./hosted.ts";

describe("enrol-service", () => {
	it("given a service of the user's, makes it the blue slot and says so", async () => {
		const { goOn, world, said } = hosted();

		expect(await goOn()).toMatchObject({ kind: "done" });

		expect(world.table.get("checkout")).toMatchObject({
			phase: "idle",
			stableSlot: "blue",
			epoch: 1,
			stableRelease: { imageDigest: digestOf("a"), contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
		});
		expect(world.cluster.deployment(template)?.replicas).toBe(0);
		expect(world.cluster.deployment(blue)?.readyReplicas).toBe(4);
		expect(said).toEqual(["service.enrolled.v1"]);
	});

	it("given a dry run, says what would change and changes nothing", async () => {
		const { ask, writes } = hosted();

		const answer = await ask({ dryRun: true });

		expect(answer.kind).toBe("planned");
		expect(answer.steps?.length).toBeGreaterThan(10);
		expect(writes().filter((operation) => !operation.includes("Describe"))).toEqual([]);
	});

	it("given what forbids it, names it and changes nothing", async () => {
		const { ask, world, writes } = hosted();
		world.surroundings.change(template, { missingConfigMaps: ["settings"], bindingApiVersion: null });

		const { kind, problems, isBegun } = await ask();

		expect(kind).toBe("refused");
		expect(isBegun).toBe(false);
		expect(problems?.map(({ what }) => what)).toEqual(['ConfigMap "settings"', "TargetGroupBinding"]);
		expect(writes().filter((operation) => !operation.includes("Describe"))).toEqual([]);
	});

	it("given pods that never get ready, is stuck after the deadline, and everything is served as before", async () => {
		const { goOn, world } = hosted({ progressDeadlineSeconds: 60 });
		world.versions.define(digestOf("a"), { neverReady: true });

		expect(await goOn()).toMatchObject({ kind: "stuck" });

		expect(world.cluster.deployment(template)?.readyReplicas).toBe(4);
		expect(world.traffic.of("checkout").shares.at(-1)).toMatchObject({ users: 1 });
	});

	it("given too little time, throws before it changes anything", async () => {
		const { ask, writes } = hosted();

		await expect(ask({}, 500)).rejects.toMatchObject({ name: "DeadlineUnavailableError" });

		expect(writes().filter((operation) => !operation.includes("Describe"))).toEqual([]);
	});

	it("given somebody who writes in between, waits and decides anew", async () => {
		const { ask, goOn, world } = hosted();
		await goOn();
		world.cluster.deployment(template)?.scale(4);
		const memory = { quietSinceEpochMs: 0, waitingFor: null, waitingSinceEpochMs: null };
		const patchVersion = world.cluster.patchVersion.bind(world.cluster);
		world.cluster.patchVersion = (key, version, change) => {
			world.cluster.deployment(template)?.scale(5);
			patchVersion(key, version, change);
		};

		expect(await ask({ memory })).toMatchObject({ kind: "wait" });

		expect(world.cluster.deployment(template)?.replicas).toBe(5);
	});

	it("given an enrolled service, gives it back; then enrols it above the epoch it had", async () => {
		const { goOn, world, said } = hosted();
		await goOn();

		expect(await goOn(release)).toMatchObject({ kind: "done" });
		expect(world.table.get("checkout")).toBeNull();
		expect(world.cluster.deployment(template)?.readyReplicas).toBe(4);
		expect(world.cluster.deployment(blue)).toBeNull();

		await goOn();
		expect(world.table.get("checkout")).toMatchObject({ epoch: 2, stableEpoch: 2 });
		expect(said).toEqual(["service.enrolled.v1", "service.released.v1", "service.enrolled.v1"]);
	});

	it("given a Service that another environment left its epoch on, begins with that one", async () => {
		const { goOn, world } = hosted();
		const service = objectKey(workload, "checkout");
		world.cluster.putService(service, null, 40);

		expect(await goOn()).toMatchObject({ kind: "done" });
		expect(world.cluster.service(service)).toMatchObject({ slot: "blue", epoch: 40 });
		expect(world.table.get("checkout")?.epoch).toBe(40);
	});

	it("given a stop of an enrolment that lands after the service was given back, changes nothing", async () => {
		const { ask, goOn, pass, world } = hosted();
		const patchVersion = world.cluster.patchVersion.bind(world.cluster);
		let land = (): void => {};
		world.cluster.patchVersion = (key, version, change) => {
			if (change.replicas === 0) land = () => patchVersion(key, version, change);
			else patchVersion(key, version, change);
		};
		let memory: object | null = null;
		for (let steps = 0; steps < 100 && world.table.get("checkout") === null; steps++) {
			const answer: Answer = await ask({ memory });
			memory = answer.memory ?? null;
			await pass(answer.waitSeconds ?? 0);
			if (world.cluster.deployment(template)?.stopEpoch !== null) break;
		}
		await ask({ memory });

		expect(await goOn(release)).toMatchObject({ kind: "done" });

		expect(land).toThrow(/version/);
		expect(world.cluster.deployment(template)).toMatchObject({ readyReplicas: 4, stopEpoch: null });
	});

	it("given git that goes on setting fewer replicas than serve, ends refused while the slot serves", async () => {
		const { goOn, world } = hosted();
		await goOn();
		world.cluster.removeAutoscaler(template);
		const patchVersion = world.cluster.patchVersion.bind(world.cluster);
		world.cluster.patchVersion = (key, version, change) => {
			patchVersion(key, version, change);
			if (change.replicas !== undefined) world.cluster.deployment(key)?.scale(2);
		};

		const { kind, problems, isBegun } = await goOn(release);

		expect(kind).toBe("refused");
		expect(isBegun).toBe(true);
		expect(problems?.map(({ what }) => what)).toEqual(['replicas of Deployment "shop/checkout"']);
		expect(world.traffic.of("checkout").shares.at(-1)).toMatchObject({ blue: 1 });
		world.cluster.patchVersion = patchVersion;
		expect(await goOn(release)).toMatchObject({ kind: "done" });
	});

	it("given a rollout under way, refuses to give the service back", async () => {
		const { ask, goOn, world } = hosted();
		await goOn();
		const state = world.table.get("checkout");
		if (state !== null) world.table.put({ ...state, phase: "trial", rolloutId: "checkout-2" });

		expect(await ask(release)).toMatchObject({ kind: "refused" });
	});
});
