import type { LifecycleEvent } from "../domain/lifecycle-event.ts";
import { UnavailableError } from "./errors.ts";

/** The bus did not take every event. Publishing again is safe: events carry an id. */
export class EventsUnavailableError extends UnavailableError {
	override readonly name = "EventsUnavailableError";
}

/** Says what happened, on the bus `sluice`. At least once; consumers deduplicate by `id`. */
export interface LifecycleEvents {
	/** At most 10 at a time. */
	publish(events: readonly LifecycleEvent[]): Promise<void>;
}
