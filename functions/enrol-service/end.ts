import { announce } from "../../lib/domain/announcement.ts";
import type { CommonFacts } from "../../lib/domain/enrolment-facts.ts";
import type { LifecycleEvent } from "../../lib/domain/lifecycle-event.ts";

/**
 * What is said when nothing remains to be done; said again it has the same id. Null where nobody came or went lately.
 * @param hasActed - whether this execution changed anything; one that was cut off may have left the saying to the next.
 */
export const endOf = (
	{ record, tombstone, definition: { service } }: CommonFacts,
	wish: "enrol" | "release",
	by: string,
	hasActed: boolean,
	atEpochMs: number,
): LifecycleEvent | null => {
	if (wish === "release")
		return tombstone === null ? null : announce("service.released.v1", { service, by, atEpochMs }, tombstone.epoch);
	const isFresh = record !== null && record.epoch === record.stableEpoch;
	if (record === null || !(hasActed || isFresh)) return null;
	return announce("service.enrolled.v1", { service, release: record.stableRelease, by, atEpochMs }, record.epoch);
};
