import { imageIdOf } from "../../lib/domain/release.ts";
import { LedgerUnavailableError, type ReleaseLedger } from "../../lib/ports/release-ledger.ts";
import type { Caller } from "../kernel/caller.ts";
import type { World } from "../world/world.ts";
import { tableCalls } from "./table-calls.ts";

/** The ledger in the world's table: items beside each service's state. */
export const fakeReleaseLedger = (
	world: Pick<World, "table" | "arns">,
	caller: Caller,
	tableName: string,
): ReleaseLedger => {
	const call = tableCalls(world, caller, tableName, LedgerUnavailableError);
	return {
		hasAdmitted: (service, release) =>
			call("GetItem", `release ${service}`, (table) => table.hasAdmitted(service, imageIdOf(release))),
		rememberPusher: (service, release, by) =>
			call("PutItem", `pusher ${service}`, (table) => table.rememberPusher(service, imageIdOf(release), by)),
		pusherOf: (service, release) =>
			call("GetItem", `pusher ${service}`, (table) => table.pusherOf(service, imageIdOf(release))),
	};
};
