import type { ServiceState } from "../../lib/domain/service-state.ts";
import type { Observation, Watching } from "./checker.ts";

/** One change of a service's record by a function. */
export interface RecordWrite {
	readonly before: ServiceState;
	readonly after: ServiceState;
	/** `functions/<name>` of the writer. */
	readonly entry: string;
	readonly atEpochMs: number;
}

const writing: readonly string[] = ["dynamodb:UpdateItem", "dynamodb:TransactWriteItems"];

/**
 * Follows the record of the service and tells each change that a function made. A function's write is part of a remote
 * call; what is written beside any call is somebody's hand, and no promise of Sluice's.
 */
export const followRecord = (
	{ system: { world }, definition: { service } }: Pick<Observation, "system" | "definition">,
	onWrite: (write: RecordWrite) => void,
): Required<Pick<Watching, "onStateWritten" | "onCall">> => {
	let known = world.table.get(service);
	let written: Omit<RecordWrite, "entry"> | null = null;
	return {
		onStateWritten: (after) => {
			if (after.service !== service) return;
			// Withdrawn since: what is there now is another life of the record.
			const isOver = known !== null && (world.table.tombstone(service)?.epoch ?? -1) >= known.epoch;
			if (isOver) known = null;
			written = known === null ? null : { before: known, after, atEpochMs: world.timers.nowEpochMs() };
			known = after;
		},
		onCall: ({ entry, call }) => {
			if (written === null) return;
			const isOfCall = writing.includes(call.operation) && written.atEpochMs === world.timers.nowEpochMs();
			const write = written;
			written = null;
			if (isOfCall) onWrite({ ...write, entry });
		},
	};
};
