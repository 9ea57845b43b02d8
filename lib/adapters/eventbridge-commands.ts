import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { commandKind } from "../domain/command.ts";
import { sourceOfPeople } from "../domain/identity.ts";
import { type Commands, CommandsUnavailableError } from "../ports/commands.ts";
import { failureOf } from "./aws-failure.ts";

/** Commands as events on the bus, in the sender's own name: IAM takes them from nobody else. */
export const eventbridgeCommands = (client: EventBridgeClient, busName: string): Commands => ({
	send: async ({ verb, by, ...detail }) => {
		const entry = {
			EventBusName: busName,
			Source: `${sourceOfPeople}${by}`,
			DetailType: commandKind(verb),
			Detail: JSON.stringify(detail),
		};
		const answer = await client.send(new PutEventsCommand({ Entries: [entry] })).catch((error: unknown) => {
			throw failureOf("EventBridge PutEvents", error, CommandsUnavailableError);
		});
		if (!answer.FailedEntryCount) return;
		const { ErrorCode, ErrorMessage } = answer.Entries?.[0] ?? {};
		throw new CommandsUnavailableError(`Bus "${busName}" refused the command with ${ErrorCode}: ${ErrorMessage}.`);
	},
});
