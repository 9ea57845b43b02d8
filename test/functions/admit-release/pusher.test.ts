import { describe, expect, it } from "vitest";
import { objectKey } from "../../../simulator/world/cluster.ts";
import pusherFixture from "../../fixtures/events/aws.ecr.put-image-via-cloudtrail.json" with { type: "json" };
import { canaryDigest, type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";
import { payload, reach } from "../rollout-journey.ts";
import { admit, ana, command, scheduled } from "./asking.ts";

describe("who pushed, as CloudTrail says", () => {
	it("given that it is known before the release is admitted, is recorded with it", async () => {
		const stage = functionStage();
		const push = stage.push(canaryDigest, "v2");
		await admit(stage, pusherFixture);

		await admit(stage, push);

		expect(stage.state()).toMatchObject({ rolloutId: "checkout-1", askedBy: ana });
	});

	it("given that it is known while the release is rolled out, is recorded then, and once", async () => {
		const stage = functionStage();
		await admit(stage, stage.push(canaryDigest, "v2"));
		const before = stage.state().askedBy;

		await admit(stage, pusherFixture);
		await admit(stage, pusherFixture);

		expect(before).toBeUndefined();
		expect(stage.state().askedBy).toBe(ana);
	});

	it("given that it is never known, the release is rolled out all the same", async () => {
		const stage = functionStage();

		await admit(stage, stage.push(canaryDigest, "v2"));

		expect(stage.state()).toMatchObject({ phase: "preparing", executionStarted: true });
	});

	it("given another tag of the image, or somebody who comes second, records nobody else", async () => {
		const stage = functionStage();
		const { detail } = pusherFixture;
		const { image } = detail.responseElements;
		const by = (principalId: string, imageTag: string): object => ({
			...pusherFixture,
			detail: {
				...detail,
				userIdentity: { ...detail.userIdentity, principalId },
				responseElements: { image: { ...image, imageId: { ...image.imageId, imageTag } } },
			},
		});
		await admit(stage, by("AIDAEXAMPLEBUILDER", "build-17"));
		await admit(stage, pusherFixture);
		await admit(stage, by("AIDAEXAMPLESOMEBODY", "v2"));

		await admit(stage, stage.push(canaryDigest, "v2"));

		expect(stage.state().askedBy).toBe(ana);
	});

	it("given a person who asked for the release, that person stays", async () => {
		const stage = functionStage();
		stage.push(canaryDigest, "v2");
		await admit(stage, command(stage, "release", {}, "ben"));

		await admit(stage, pusherFixture);

		expect(stage.state().askedBy).toBe("ben");
	});
});

/** An image serves that Ana is known to have pushed, and somebody has edited the ConfigMap since. */
const edited = async (): Promise<FunctionStage> => {
	const stage = functionStage();
	await admit(stage, pusherFixture);
	await reach(stage, "closed");
	await stage.run(handlersOf(stage.ports).finishRollout, payload({ outcome: "promoted" }));
	stage.world.cluster.configMaps.put(objectKey(stage.definition.workload, "checkout-settings"), { LOG_LEVEL: "debug" });
	return stage;
};

describe("who asked for other configuration", () => {
	it("given a ConfigMap that was edited, is nobody that is known: whoever pushed its image has not", async () => {
		const stage = await edited();

		await admit(stage, scheduled);

		expect(stage.state()).toMatchObject({ rolloutId: "checkout-3", executionStarted: true });
		expect(stage.state().release?.imageDigest).toBe(canaryDigest);
		expect(stage.state().askedBy).toBeUndefined();
	});

	it("given that CloudTrail tells only now who pushed its image, still nobody", async () => {
		const stage = await edited();
		await admit(stage, scheduled);

		await expect(admit(stage, pusherFixture)).resolves.toMatchObject({
			outcomes: [expect.stringContaining("which is rolled out with other configuration")],
		});

		expect(stage.state().askedBy).toBeUndefined();
	});

	it("given that an image is closing, and roles have changed already, whoever pushed it has asked", async () => {
		const stage = functionStage();
		await reach(stage, "promoted");
		const { release, stableRelease } = stage.state();
		if (release === undefined) throw new RangeError("Nothing was promoted.");
		stage.world.table.put({ ...stage.state(), phase: "closing", stableRelease: release, replaced: stableRelease });

		await admit(stage, pusherFixture);

		expect(stage.state().askedBy).toBe(ana);
	});

	it("given a person who asked for it, that person stays", async () => {
		const stage = await edited();

		await admit(stage, command(stage, "release", {}, "ben"));
		await admit(stage, pusherFixture);

		expect(stage.state()).toMatchObject({ rolloutId: "checkout-3", askedBy: "ben" });
	});
});
