/** One thing that happened, in virtual seconds since the beginning of the run. */
export interface TimelineEntry {
	readonly atSeconds: number;
	/** A lifecycle event's kind, or what the world or a person did: `image.pushed`, `alarm.changed`, `command.sent`, … */
	readonly kind: string;
	readonly [detail: string]: unknown;
}
