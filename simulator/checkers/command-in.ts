import { type Command, commandOf, ReleaseCommandEvent, RolloutCommandEvent } from "../../lib/domain/command.ts";
import { sourceOfPeople } from "../../lib/domain/identity.ts";
import type { BusEvent } from "../events/bus-event.ts";

/** The command for a service that an event is; null where it is anything else. */
export const commandIn = (event: BusEvent, service: string): Command | null => {
	if (!event.source.startsWith(sourceOfPeople)) return null;
	const ofRollout = RolloutCommandEvent.safeParse(event);
	const ofRelease = ReleaseCommandEvent.safeParse(event);
	const sentAtEpochMs = Date.parse(event.time);
	const command = ofRollout.success
		? commandOf(ofRollout.data, sentAtEpochMs)
		: ofRelease.success
			? commandOf(ofRelease.data, sentAtEpochMs)
			: null;
	return command?.service === service ? command : null;
};
