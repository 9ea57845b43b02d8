import { busDetailOf, type LifecycleEvent, lifecycleSource } from "../../lib/domain/lifecycle-event.ts";
import { EventsUnavailableError, type LifecycleEvents } from "../../lib/ports/lifecycle-events.ts";
import type { Caller } from "../kernel/caller.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

/** PutEvents takes no more at a time. */
const mostPerCall = 10;

/** Lifecycle events through PutEvents, ten at a time. The bus may take some events of a call and refuse others. */
export const fakeLifecycleEvents = (
	world: Pick<World, "emit" | "arns" | "region" | "account">,
	caller: Caller,
	busName: string,
): LifecycleEvents => {
	/** Why the bus refused an event; null where it took it. */
	const put = (event: LifecycleEvent): string | null => {
		try {
			world.emit(busName, {
				source: lifecycleSource,
				detailType: event.kind,
				account: world.account,
				region: world.region,
				detail: busDetailOf(event),
				atEpochMs: caller.nowEpochMs(),
			});
			return null;
		} catch (error) {
			return `${event.id} with ${error instanceof Error ? error.message : String(error)}`;
		}
	};
	const publish = async (events: readonly LifecycleEvent[]): Promise<void> => {
		const conditions = { "events:source": lifecycleSource };
		const call = { operation: "events:PutEvents", resource: world.arns.bus(busName), conditions };
		let refusals: readonly string[];
		try {
			refusals = await caller.call(call, () => events.map(put).filter((refusal) => refusal !== null));
		} catch (error) {
			throw failureOf("PutEvents", error, EventsUnavailableError);
		}
		if (refusals.length === 0) return;
		throw new EventsUnavailableError(
			`Bus "${busName}" refused ${refusals.length} of ${events.length} events: ${refusals.join("; ")}.`,
		);
	};
	return {
		publish: async (events) => {
			for (let first = 0; first < events.length; first += mostPerCall)
				await publish(events.slice(first, first + mostPerCall));
		},
	};
};
