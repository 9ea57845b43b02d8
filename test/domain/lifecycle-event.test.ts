import { describe, expect, it } from "vitest";
import {
	busDetailOf,
	InvalidLifecycleEventError,
	type LifecycleEvent,
	lifecycleDetails,
	lifecycleSource,
	parseLifecycleEvent,
} from "../../lib/domain/lifecycle-event.ts";

const ended: LifecycleEvent = {
	id: "checkout/checkout-7/rollout.ended.v1/",
	kind: "rollout.ended.v1",
	detail: { service: "checkout", rolloutId: "checkout-7", atEpochMs: 1_000, outcome: "promoted" },
};

/** An event as a rule's target receives it. */
const onBus = (event: LifecycleEvent) => ({
	version: "0",
	id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
	source: lifecycleSource,
	"detail-type": event.kind as string,
	account: "111122223333",
	time: "2026-01-01T00:00:00Z",
	region: "eu-central-1",
	resources: [],
	detail: busDetailOf(event) as Record<string, unknown>,
});

describe("lifecycleDetails", () => {
	it("given each kind, names it with words and a version", () => {
		for (const kind of Object.keys(lifecycleDetails)) expect(kind).toMatch(/^[a-z]+\.[a-z-]+\.v[1-9]$/);
	});
});

describe("parseLifecycleEvent", () => {
	it("given an event that was sent, answers it with the id it was given, not the bus's own", () => {
		const parsed = parseLifecycleEvent(JSON.parse(JSON.stringify(onBus(ended))));

		expect(parsed).toStrictEqual(ended);
	});

	it("given an event of another source, refuses it by name", () => {
		expect(() => parseLifecycleEvent({ ...onBus(ended), source: "aws.ecr" })).toThrow(InvalidLifecycleEventError);
	});

	it("given a kind that nobody declared, refuses it and says where", () => {
		const parse = () => parseLifecycleEvent({ ...onBus(ended), "detail-type": "rollout.ended.v2" });

		expect(parse).toThrow(/^Event on the bus is not a lifecycle event: detail-type: /);
	});

	it.each([
		["without an id", { service: "checkout", rolloutId: "checkout-7", atEpochMs: 1_000, outcome: "promoted" }],
		["without what its kind needs", { eventId: "1", service: "checkout", rolloutId: "checkout-7", atEpochMs: 1_000 }],
		["with what its kind does not know", { ...onBus(ended).detail, weight: 5 }],
	])("given a detail %s, refuses it by name", (_, detail) => {
		expect(() => parseLifecycleEvent({ ...onBus(ended), detail })).toThrow(InvalidLifecycleEventError);
	});
});
