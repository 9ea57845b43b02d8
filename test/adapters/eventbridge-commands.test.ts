import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { describe, expect, it } from "vitest";
import { eventbridgeCommands } from "../../lib/adapters/eventbridge-commands.ts";
import { CommandsUnavailableError } from "../../lib/ports/commands.ts";
import { commandsContract } from "../contracts/commands.contract.ts";
import { EventbridgeProduct } from "./wire/eventbridge-product.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const setup = () => {
	const product = new EventbridgeProduct("sluice-production");
	const wire = wireTo(product.answer);
	const commands = eventbridgeCommands(new EventBridgeClient(clientOptions(wire)), "sluice-production");
	return { product, wire, commands };
};

commandsContract("eventbridgeCommands", async () => {
	const { product, wire, commands } = setup();
	return {
		commands,
		// The wire knows no clock; the bus says when an event was sent.
		delivered: () => product.delivered.map((event) => ({ ...event, time: "2026-01-05T09:00:00Z" })),
		silence: () => wire.silence(),
	};
});

describe("eventbridgeCommands", () => {
	it("given a bus that takes the call and refuses the event, says why", async () => {
		const { product, commands } = setup();
		product.refusesNext = 1;

		const sent = commands.send({ verb: "abort", by: "AIDAEXAMPLE", service: "checkout" });

		await expect(sent).rejects.toThrow(CommandsUnavailableError);
		await expect(sent).rejects.toThrow("ThrottlingException: Rate exceeded");
	});

	it("given somebody who may not send it, says so for good", async () => {
		const { wire, commands } = setup();
		wire.answerNext(refusalAnswer("AccessDeniedException", "not authorized to perform: events:PutEvents"));

		const sent = commands.send({ verb: "abort", by: "AIDAEXAMPLE", service: "checkout" });

		await expect(sent).rejects.toMatchObject({ name: "InvalidAwsCallError" });
	});
});
