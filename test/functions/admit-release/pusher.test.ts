import { describe, expect, it } from "vitest";
import pusherFixture from "../../fixtures/events/aws.ecr.put-image-via-cloudtrail.json" with { type: "json" };
import { canaryDigest, functionStage } from "../function-stage.ts";
import { admit, ana, command } from "./asking.ts";

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
