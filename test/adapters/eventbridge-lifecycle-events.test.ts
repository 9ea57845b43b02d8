import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { eventbridgeLifecycleEvents } from "../../lib/adapters/eventbridge-lifecycle-events.ts";
import { type LifecycleEvent, parseLifecycleEvent } from "../../lib/domain/lifecycle-event.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { EventsUnavailableError } from "../../lib/ports/lifecycle-events.ts";
import { lifecycleEventsContract } from "../contracts/lifecycle-events.contract.ts";
import { EventbridgeProduct } from "./wire/eventbridge-product.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const setup = () => {
	const product = new EventbridgeProduct("sluice-production");
	const wire = wireTo(product.answer);
	const events = eventbridgeLifecycleEvents(new EventBridgeClient(clientOptions(wire)), "sluice-production");
	return { product, wire, events };
};

lifecycleEventsContract("eventbridgeLifecycleEvents", async () => {
	const { product, wire, events } = setup();
	return {
		events,
		received: async () => product.delivered.map(parseLifecycleEvent),
		refuseOne: () => {
			product.refusesNext = 1;
		},
		silence: () => wire.silence(),
	};
});

const drained = (rollout: number): LifecycleEvent => ({
	id: `checkout-${rollout}-drained`,
	kind: "rollout.drained.v1",
	detail: { service: "checkout", rolloutId: `checkout-${rollout}`, atEpochMs: 2_000, zeroObservedAtEpochMs: 1_000 },
});

describe("eventbridgeLifecycleEvents", () => {
	it("given an event, sends its kind as detail-type and its id within the detail", async () => {
		const { wire, events } = setup();

		await events.publish([drained(7)]);

		const [entry] = JSON.parse(wire.requests[0]?.body ?? "").Entries;
		expect(entry).toMatchObject({
			EventBusName: "sluice-production",
			Source: "sluice",
			DetailType: "rollout.drained.v1",
		});
		expect(JSON.parse(entry.Detail)).toEqual({ ...drained(7).detail, eventId: "checkout-7-drained" });
	});

	it("given more events than one call takes, sends them in calls of ten", async () => {
		const { product, wire, events } = setup();
		const many = Array.from({ length: 21 }, (_, index) => drained(index + 1));

		await events.publish(many);

		expect(wire.requests.map(({ body }) => JSON.parse(body).Entries.length)).toEqual([10, 10, 1]);
		expect(product.delivered.map(parseLifecycleEvent)).toEqual(many);
	});

	it("given a refusal of one event, names it and the bus's reason", async () => {
		const { product, events } = setup();
		product.refusesNext = 1;

		const publication = events.publish([drained(7), drained(8)]);

		await expect(publication).rejects.toThrow(
			'Bus "sluice-production" refused 1 of 2 events: checkout-8-drained with ThrottlingException: Rate exceeded.',
		);
	});

	it.each([
		["InternalException", 500, EventsUnavailableError],
		["ThrottlingException", 400, EventsUnavailableError],
		["AccessDeniedException", 400, InvalidAwsCallError],
	])("given %s, throws the family that says whether to retry", async (type, status, family) => {
		const { wire, events } = setup();
		wire.answerNext(refusalAnswer(type, "no", {}, status));

		await expect(events.publish([drained(7)])).rejects.toThrow(family);
	});
});
