import { isoSecond } from "../kernel/iso-time.ts";
import type { Random } from "../kernel/random.ts";
import { uuidOf } from "../kernel/uuid.ts";

/** An event in EventBridge's envelope. Plain JSON. */
export interface BusEvent {
	readonly version: "0";
	readonly id: string;
	readonly "detail-type": string;
	readonly source: string;
	readonly account: string;
	/** ISO 8601, UTC, whole seconds. */
	readonly time: string;
	readonly region: string;
	readonly resources: readonly string[];
	readonly detail: unknown;
}

/** What the sender of an event knows; the bus adds the rest of the envelope. */
export interface EventContent {
	readonly source: string;
	readonly detailType: string;
	readonly account: string;
	readonly region: string;
	readonly resources?: readonly string[];
	readonly detail: unknown;
	readonly atEpochMs: number;
}

/** Puts content into EventBridge's envelope. */
export const busEventOf = (content: EventContent, random: Random): BusEvent => ({
	version: "0",
	id: uuidOf(random),
	"detail-type": content.detailType,
	source: content.source,
	account: content.account,
	time: isoSecond(content.atEpochMs),
	region: content.region,
	resources: content.resources ?? [],
	detail: content.detail,
});
