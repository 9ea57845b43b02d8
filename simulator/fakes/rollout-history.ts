import { parseRolloutId } from "../../lib/domain/rollout-id.ts";
import { HistoryUnavailableError, mostRecords, type RolloutHistory } from "../../lib/ports/rollout-history.ts";
import type { Caller } from "../kernel/caller.ts";
import { Refusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

/** The history in the world's table: PutItem under a condition, and Query of the table itself. */
export const fakeRolloutHistory = (
	world: Pick<World, "table" | "arns">,
	caller: Caller,
	tableName: string,
): RolloutHistory => {
	const resource = world.arns.table(tableName);
	const call = async <T>(action: string, about: string, effect: () => T): Promise<T> => {
		try {
			return await caller.call({ operation: `dynamodb:${action}`, resource, about }, () => {
				if (tableName === world.table.tableName) return effect();
				throw new Refusal("ResourceNotFoundException", `Table "${tableName}" does not exist.`);
			});
		} catch (error) {
			throw failureOf(action, error, HistoryUnavailableError);
		}
	};
	return {
		append: async (record) => {
			parseRolloutId(record.rolloutId);
			await call("PutItem", record.rolloutId, () => world.table.append(record));
		},
		list: (service, limit) =>
			call("Query", service, () => world.table.records(service).slice(0, Math.min(limit, mostRecords))),
	};
};
