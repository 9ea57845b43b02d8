import { describe, expect, it } from "vitest";
import { releaseOf } from "../../../lib/domain/release.ts";
import type { Caller } from "../../../simulator/kernel/caller.ts";
import { objectKey } from "../../../simulator/world/cluster.ts";
import { canaryDigest, type FunctionStage, functionStage, stableDigest } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { finishRollback, reach, rollBack } from "../rollout-journey.ts";
import { admit, command, rolledBack, said, scheduled, takenBack } from "./asking.ts";

const settings = "checkout-settings";

const edit = ({ world, definition }: FunctionStage, data: Readonly<Record<string, string>> | null): void => {
	const key = objectKey(definition.workload, settings);
	if (data === null) world.cluster.configMaps.delete(key);
	else world.cluster.configMaps.put(key, data);
};

const sweep = (stage: FunctionStage): Promise<unknown> => admit(stage, scheduled);

const isOfCluster = (operation: string): boolean => operation.startsWith("kubernetes:");

describe("a change of configuration", () => {
	it("given a sweep, goes out once with the image that serves", async () => {
		const stage = functionStage();
		const before = stage.state().stableRelease;
		edit(stage, { LOG_LEVEL: "debug" });

		await sweep(stage);
		await sweep(stage);

		const { release, rolloutId, triedContents } = stage.state();
		expect(rolloutId).toBe("checkout-1");
		expect(release).toMatchObject({ imageDigest: stableDigest, tag: before.tag });
		expect(release?.contentHash).not.toBe(before.contentHash);
		expect(triedContents).toEqual([release?.contentHash]);
		expect(said(stage, "rollout.started.v1")).toMatchObject([{ detail: { release, replaces: before } }]);
	});

	it("given that it was rolled back and is live still, does not come back by itself", async () => {
		const stage = functionStage();
		edit(stage, { LOG_LEVEL: "debug" });
		await sweep(stage);
		await rollBack(stage);
		await finishRollback(stage);

		const answer = await sweep(stage);

		expect(stage.state().phase).toBe("idle");
		expect(answer).toMatchObject({ outcomes: [expect.stringContaining("it already serves")] });
	});

	it("given that the newest image was rolled back, goes out with the one that serves", async () => {
		const stage = await rolledBack();
		edit(stage, { LOG_LEVEL: "debug" });

		await sweep(stage);

		expect(stage.state().release).toMatchObject({ imageDigest: stableDigest });
	});

	it("given that it came with an image that was rolled back, does not go out without it", async () => {
		const stage = functionStage();
		edit(stage, { LOG_LEVEL: "debug" });
		await reach(stage, "exposed");
		await rollBack(stage);
		await finishRollback(stage);

		await sweep(stage);

		expect(stage.state().phase).toBe("idle");
	});

	it("given a rollout under way, waits with the image that is on trial", async () => {
		const stage = functionStage();
		await reach(stage, "exposed");
		edit(stage, { LOG_LEVEL: "debug" });

		await sweep(stage);

		const { next, release } = stage.state();
		expect(next).toMatchObject({ imageDigest: canaryDigest });
		expect(next?.contentHash).not.toBe(release?.contentHash);
	});

	it("given a new image as well, is one release with it", async () => {
		const stage = functionStage();
		edit(stage, { LOG_LEVEL: "debug" });

		await admit(stage, stage.push(canaryDigest, "v2"));
		await sweep(stage);

		expect(stage.state()).toMatchObject({ rolloutId: "checkout-1", release: { imageDigest: canaryDigest } });
		expect(stage.state().next).toBeUndefined();
	});

	it("given a service that was released without content, is looked at once without consequences", async () => {
		const stage = functionStage();
		stage.world.table.put({ ...stage.state(), stableRelease: releaseOf(stableDigest, "v1") });

		await sweep(stage);
		const first = stage.state();
		edit(stage, { LOG_LEVEL: "debug" });
		await sweep(stage);

		expect(first).toMatchObject({ phase: "idle", triedContents: [expect.any(String)] });
		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: stableDigest } });
	});
});

describe("content that cannot be kept", () => {
	it("given a ConfigMap that is missing, refuses the push aloud and begins once it is there", async () => {
		const stage = functionStage();
		edit(stage, null);

		await admit(stage, stage.push(canaryDigest, "v2"));
		const refused = stage.state().phase;
		edit(stage, { LOG_LEVEL: "info" });
		await sweep(stage);

		expect(refused).toBe("idle");
		expect(said(stage, "release.refused.v1")).toMatchObject([
			{ detail: { imageDigest: canaryDigest, reason: expect.stringContaining(`"${settings}", which does not exist`) } },
		]);
		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: canaryDigest } });
	});

	it("given a cluster that is slow once, asks it again and begins", async () => {
		const stage = functionStage();
		stage.caller.failNext({ matches: isOfCluster, moment: "before-effect" });

		await admit(stage, stage.push(canaryDigest, "v2"));

		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: canaryDigest } });
	});

	it("given a cluster that does not answer, fails so that the event comes again, and the sweep finds it", async () => {
		const stage = functionStage();
		const push = stage.push(canaryDigest, "v2");
		const { caller } = stage;
		const silent: Caller = {
			...caller,
			call: (call, effect) =>
				isOfCluster(call.operation) ? Promise.reject(new Error("no answer")) : caller.call(call, effect),
		};
		const first = stage.run(handlersOf(stage.portsFor(silent)).admitRelease, push);

		await expect(first).rejects.toMatchObject({ name: "WorkloadsUnavailableError" });
		expect(stage.state().phase).toBe("idle");
		await sweep(stage);

		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: canaryDigest } });
	});

	it("given what a person wants, takes back what is in its way without asking the cluster", async () => {
		const stage = await rolledBack();
		await stage.pass(1);
		await admit(stage, command(stage, "retry"));
		expect(stage.state().phase).toBe("preparing");
		const before = stage.caller.operations.length;
		await stage.pass(1);

		await admit(stage, command(stage, "release", { release: { digest: stableDigest } }));

		expect(takenBack(stage)).toHaveLength(1);
		expect(
			stage.caller.operations.slice(before).filter((name) => name.startsWith("kubernetes:get:deployments")),
		).toEqual([]);
	});

	it("given an earlier release whose configuration is not kept any more, refuses and says how to go on", async () => {
		const stage = await rolledBack();
		const { contentHash = "" } = stage.state().stableRelease;
		const { workload } = stage.definition;
		const { id } = stage.released(canaryDigest);
		stage.world.cluster.configMaps.delete(objectKey(workload, `${workload.deployment}-content-${contentHash}`));

		await admit(stage, command(stage, "release", { release: { id } }));
		await admit(stage, command(stage, "release", { release: { digest: canaryDigest } }));

		expect(said(stage, "command.refused.v1")).toMatchObject([
			{ detail: { reason: expect.stringContaining("is not kept any more; name its image by digest") } },
		]);
		expect(stage.state()).toMatchObject({ phase: "preparing", release: { imageDigest: canaryDigest } });
	});
});

it("given an image that was pushed while the registry had just been asked, is one release with the edit before it", async () => {
	const stage = functionStage();
	edit(stage, { LOG_LEVEL: "debug" });
	let hasPushed = false;
	const { registry } = stage.ports;
	const newest: typeof registry.newest = async (...args) => {
		const found = await registry.newest(...args);
		if (!hasPushed) stage.push(canaryDigest, "v2");
		hasPushed = true;
		return found;
	};

	await stage.run(handlersOf({ ...stage.ports, registry: { ...registry, newest } }).admitRelease, scheduled, 120_000);

	const { release } = stage.state();
	expect(release?.imageDigest).toBe(canaryDigest);
	expect(release?.contentHash).not.toBe(stage.state().stableRelease.contentHash);
});
