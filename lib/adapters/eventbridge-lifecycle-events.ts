import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { busDetailOf, type LifecycleEvent, lifecycleSource } from "../domain/lifecycle-event.ts";
import { EventsUnavailableError, type LifecycleEvents } from "../ports/lifecycle-events.ts";
import { failureOf } from "./aws-failure.ts";

/** PutEvents takes no more at a time. */
const mostPerCall = 10;

/** Lifecycle events on a bus of EventBridge. The bus may take some events of a call and refuse others. */
export const eventbridgeLifecycleEvents = (client: EventBridgeClient, busName: string): LifecycleEvents => ({
	publish: async (events) => {
		for (let first = 0; first < events.length; first += mostPerCall)
			await put(client, busName, events.slice(first, first + mostPerCall));
	},
});

const put = async (client: EventBridgeClient, busName: string, events: readonly LifecycleEvent[]): Promise<void> => {
	const Entries = events.map((event) => ({
		EventBusName: busName,
		Source: lifecycleSource,
		DetailType: event.kind,
		Detail: JSON.stringify(busDetailOf(event)),
	}));
	const answer = await client.send(new PutEventsCommand({ Entries })).catch((error: unknown) => {
		throw failureOf("EventBridge PutEvents", error, EventsUnavailableError);
	});
	if (!answer.FailedEntryCount) return;
	const refusals = (answer.Entries ?? []).flatMap(({ ErrorCode, ErrorMessage }, index) =>
		ErrorCode === undefined ? [] : [`${events[index]?.id} with ${ErrorCode}: ${ErrorMessage}`],
	);
	throw new EventsUnavailableError(
		`Bus "${busName}" refused ${answer.FailedEntryCount} of ${events.length} events: ${refusals.join("; ")}.`,
	);
};
