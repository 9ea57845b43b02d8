import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { imageIdOf } from "../domain/release.ts";
import { LedgerUnavailableError, type ReleaseLedger } from "../ports/release-ledger.ts";
import { failureOf } from "./aws-failure.ts";
import { type Item, toItem } from "./dynamo-item.ts";
import { imageKey } from "./dynamo-service-item.ts";

/** The ledger in the service table: beside each service's state one item per image, and one per known pusher. */
export const dynamoReleaseLedger = (client: DynamoDBClient, tableName: string): ReleaseLedger => {
	const get = async (key: Item): Promise<Item | undefined> => {
		const { Item: item } = await client
			.send(new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }))
			.catch(unavailable("GetItem"));
		return item;
	};
	return {
		hasAdmitted: async (service, release) => (await get(imageKey(service, imageIdOf(release)))) !== undefined,
		rememberPusher: async (service, release, by) => {
			const put = new PutItemCommand({
				TableName: tableName,
				Item: { ...pusherKey(service, imageIdOf(release)), ...toItem({ by }) },
				ConditionExpression: "attribute_not_exists(#service)",
				ExpressionAttributeNames: { "#service": "service" },
			});
			await client.send(put).catch((error: unknown) => {
				// Somebody was first, or this very event was delivered before.
				if (!(error instanceof ConditionalCheckFailedException)) unavailable("PutItem")(error);
			});
		},
		pusherOf: async (service, release) => (await get(pusherKey(service, imageIdOf(release))))?.by?.S ?? null,
	};
};

const pusherKey = (service: string, imageId: string): Item => toItem({ service, item: `pusher#${imageId}` });

const unavailable =
	(call: string) =>
	(error: unknown): never => {
		throw failureOf(`DynamoDB ${call}`, error, LedgerUnavailableError);
	};
