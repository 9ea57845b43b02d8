import { SeatsUnavailableError, type TrialSeats } from "../../lib/ports/trial-seats.ts";
import type { Caller } from "../kernel/caller.ts";
import type { World } from "../world/world.ts";
import { tableCalls } from "./table-calls.ts";

/** The seats in the world's table: one item, read and updated. */
export const fakeTrialSeats = (world: Pick<World, "table" | "arns">, caller: Caller, tableName: string): TrialSeats => {
	const call = tableCalls(world, caller, tableName, SeatsUnavailableError);
	return {
		list: () => call("GetItem", "seats", (table) => table.seats()),
		grant: (rolloutId) => call("UpdateItem", `seat ${rolloutId}`, (table) => table.grantSeat(rolloutId)),
		giveBack: (rolloutId) => call("UpdateItem", `seat ${rolloutId}`, (table) => table.giveSeatBack(rolloutId)),
	};
};
