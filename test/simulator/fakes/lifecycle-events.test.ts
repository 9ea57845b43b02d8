import { parseLifecycleEvent } from "../../../lib/domain/lifecycle-event.ts";
import { busEventOf, type EventContent } from "../../../simulator/events/bus-event.ts";
import { fakeLifecycleEvents } from "../../../simulator/fakes/lifecycle-events.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { lifecycleEventsContract } from "../../contracts/lifecycle-events.contract.ts";
import { makeStage } from "./stage.ts";

lifecycleEventsContract("fakeLifecycleEvents", async () => {
	const taken: EventContent[] = [];
	let refusals = 0;
	const { world, caller } = makeStage({
		hooks: {
			emit: (_busName, event) => {
				// The bus takes a call's events in their order: the first passes, the last is refused.
				if (refusals > 0 && taken.length >= refusals) {
					refusals = 0;
					throw new Error("InternalFailure");
				}
				taken.push(event);
			},
		},
	});
	const random = randomOf(1);
	return {
		events: fakeLifecycleEvents(world, caller, "sluice-production"),
		received: async () => taken.map((event) => parseLifecycleEvent(busEventOf(event, random))),
		refuseOne: () => {
			refusals = taken.length + 1;
		},
		silence: () => caller.silence(),
	};
});
