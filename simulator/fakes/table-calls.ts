import type { UnavailableError } from "../../lib/ports/errors.ts";
import type { Caller } from "../kernel/caller.ts";
import { Refusal } from "../world/refusal.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

/** Calls on the world's table under its name, with a port's own error; a table of another name does not exist. */
export const tableCalls =
	(
		{ table, arns }: Pick<World, "table" | "arns">,
		caller: Caller,
		tableName: string,
		Unavailable: new (message: string, options: ErrorOptions) => UnavailableError,
	) =>
	async <T>(action: string, about: string, effect: (table: World["table"]) => T): Promise<T> => {
		const resource = arns.table(tableName);
		try {
			return await caller.call({ operation: `dynamodb:${action}`, resource, about }, () => {
				if (tableName === table.tableName) return effect(table);
				throw new Refusal("ResourceNotFoundException", `Table "${tableName}" does not exist.`);
			});
		} catch (error) {
			throw failureOf(action, error, Unavailable);
		}
	};
