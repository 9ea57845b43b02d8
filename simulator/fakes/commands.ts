import { commandKind } from "../../lib/domain/command.ts";
import { sourceOfPeople } from "../../lib/domain/identity.ts";
import { type Commands, CommandsUnavailableError } from "../../lib/ports/commands.ts";
import type { Caller } from "../kernel/caller.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

/** Commands of people through PutEvents. */
export const fakeCommands = (
	world: Pick<World, "emit" | "arns" | "region" | "account">,
	caller: Caller,
	busName: string,
): Commands => ({
	send: async ({ verb, by, ...detail }) => {
		const source = `${sourceOfPeople}${by}`;
		const detailType = commandKind(verb);
		const conditions = { "events:source": source, "events:detail-type": detailType };
		const { account, region } = world;
		try {
			await caller.call({ operation: "events:PutEvents", resource: world.arns.bus(busName), conditions }, () =>
				world.emit(busName, { source, detailType, account, region, detail, atEpochMs: caller.nowEpochMs() }),
			);
		} catch (error) {
			throw failureOf("PutEvents", error, CommandsUnavailableError);
		}
	},
});
