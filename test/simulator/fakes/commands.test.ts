import { busEventOf } from "../../../simulator/events/bus-event.ts";
import { fakeCommands } from "../../../simulator/fakes/commands.ts";
import { fakeIdentity } from "../../../simulator/fakes/identity.ts";
import { randomOf } from "../../../simulator/kernel/random.ts";
import { commandsContract } from "../../contracts/commands.contract.ts";
import { identityContract } from "../../contracts/identity.contract.ts";
import { makeStage } from "./stage.ts";

commandsContract("fakeCommands", async () => {
	const delivered: object[] = [];
	const random = randomOf(1);
	const hooks = {
		emit: (busName: string, content: Parameters<typeof busEventOf>[0]) => {
			if (busName === "sluice") delivered.push(busEventOf(content, random));
		},
	};
	const { world, caller } = makeStage({ hooks });
	return {
		commands: fakeCommands(world, caller, "sluice"),
		delivered: () => delivered,
		silence: () => caller.silence(),
	};
});

identityContract("fakeIdentity", async () => {
	const { caller } = makeStage();
	return { identity: fakeIdentity(caller, "AROAEXAMPLE:ana"), silence: () => caller.silence() };
});
