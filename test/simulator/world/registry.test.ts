import { describe, expect, it } from "vitest";
import { busEventOf, type EventContent } from "../../../simulator/events/bus-event.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { Registry } from "../../../simulator/world/registry.ts";
import captured from "../../fixtures/events/aws.ecr.image-push.json" with { type: "json" };
import capturedByCloudTrail from "../../fixtures/events/aws.ecr.put-image-via-cloudtrail.json" with { type: "json" };
import { digestOf } from "../fakes/stage.ts";

const makeStage = () => {
	const sent: [string, EventContent][] = [];
	const told: (() => void)[] = [];
	const registry = new Registry({
		region: captured.region,
		account: captured.account,
		emit: (busName, event) => sent.push([busName, event]),
		whenTold: (tell) => told.push(tell),
	});
	registry.createRepository("shop/checkout");
	return { registry, sent, told };
};

describe("the image registry", () => {
	it("given a push, sends the event that was captured from ECR", () => {
		const { registry, sent } = makeStage();
		const { detail, time } = captured;

		registry.push(detail["repository-name"], detail["image-tag"], detail["image-digest"], Date.parse(time));

		const events = sent.map(([busName, event]) => ({ busName, ...busEventOf(event, randomOf(1)), id: captured.id }));
		expect(events).toEqual([{ busName: "default", ...captured }]);
	});

	it("given a push, lets CloudTrail say later who it was, as it was captured from there", () => {
		const { registry, sent, told } = makeStage();
		const { detail, time } = capturedByCloudTrail;
		const { imageDigest, imageTag } = detail.responseElements.image.imageId;
		registry.push("shop/checkout", imageTag, imageDigest, Date.parse(time), detail.userIdentity.principalId);
		const before = sent.length;

		for (const tell of told) tell();

		const [event] = sent.slice(before).map(([, content]) => ({ ...busEventOf(content, randomOf(1)), id: captured.id }));
		expect(before).toBe(1);
		const { id, account } = captured;
		expect({ ...capturedByCloudTrail, id, account }).toMatchObject(event ?? {});
	});

	it("given a push without a tag, sends an event without one", () => {
		const { registry, sent } = makeStage();

		registry.push("shop/checkout", null, digestOf("a"), 0);

		expect(sent[0]?.[1].detail).not.toHaveProperty("image-tag");
	});

	it("given a tag that moves, leaves the older image without it", () => {
		const { registry } = makeStage();
		registry.push("shop/checkout", "v1", digestOf("a"), 1_000);

		registry.push("shop/checkout", "v1", digestOf("b"), 2_000);

		expect(registry.describeImages("shop/checkout").map(({ tags }) => tags)).toEqual([[], ["v1"]]);
	});

	it("given an image that was there already, adds the tag and leaves its time of push", () => {
		const { registry } = makeStage();
		registry.push("shop/checkout", "v1", digestOf("a"), 1_000);

		registry.push("shop/checkout", "v2", digestOf("a"), 2_000);

		expect(registry.describeImages("shop/checkout")).toEqual([
			{ imageDigest: digestOf("a"), tags: ["v1", "v2"], pushedAtEpochMs: 1_000 },
		]);
	});

	it("given a repository that was never made, refuses", () => {
		const { registry } = makeStage();

		const push = () => registry.push("shop/search", "v1", digestOf("a"), 0);

		expect(push).toThrow(expect.objectContaining({ code: "RepositoryNotFoundException" }));
	});
});
