import { describe, expect, it } from "vitest";
import { busEventOf, type EventContent } from "../../../simulator/events/bus-event.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { Registry } from "../../../simulator/world/registry.ts";
import captured from "../../fixtures/events/aws.ecr.image-push.json" with { type: "json" };
import { digestOf } from "../fakes/stage.ts";

const makeStage = () => {
	const sent: [string, EventContent][] = [];
	const registry = new Registry({
		region: captured.region,
		account: captured.account,
		emit: (busName, event) => sent.push([busName, event]),
	});
	registry.createRepository("shop/checkout");
	return { registry, sent };
};

describe("the image registry", () => {
	it("given a push, sends the event that was captured from ECR", () => {
		const { registry, sent } = makeStage();
		const { detail, time } = captured;

		registry.push(detail["repository-name"], detail["image-tag"], detail["image-digest"], Date.parse(time));

		const events = sent.map(([busName, event]) => ({ busName, ...busEventOf(event, randomOf(1)), id: captured.id }));
		expect(events).toEqual([{ busName: "default", ...captured }]);
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
