import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SeatsUnavailableError, type TrialSeats } from "../ports/trial-seats.ts";
import { failureOf } from "./aws-failure.ts";
import { givingBack, granting, holdersIn, seatsKey } from "./dynamo-seats-item.ts";

/** The seats as one set in one item of the service table. */
export const dynamoTrialSeats = (client: DynamoDBClient, tableName: string): TrialSeats => ({
	list: async () => {
		const { Item: item } = await client
			.send(new GetItemCommand({ TableName: tableName, Key: seatsKey, ConsistentRead: true }))
			.catch(unavailable("GetItem"));
		return holdersIn(item);
	},
	grant: async (rolloutId) => {
		await client.send(new UpdateItemCommand(granting(tableName, rolloutId))).catch(unavailable("UpdateItem"));
	},
	giveBack: async (rolloutId) => {
		await client.send(new UpdateItemCommand(givingBack(tableName, rolloutId))).catch((error: unknown) => {
			// It had none, or an earlier call has given it back.
			if (!(error instanceof ConditionalCheckFailedException)) unavailable("UpdateItem")(error);
		});
	},
});

const unavailable =
	(call: string) =>
	(error: unknown): never => {
		throw failureOf(`DynamoDB ${call}`, error, SeatsUnavailableError);
	};
