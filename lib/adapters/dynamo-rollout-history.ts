import {
	ConditionalCheckFailedException,
	type DynamoDBClient,
	PutItemCommand,
	QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { parseRolloutId } from "../domain/rollout-id.ts";
import type { RolloutRecord } from "../domain/rollout-record.ts";
import { HistoryUnavailableError, mostRecords, type RolloutHistory } from "../ports/rollout-history.ts";
import { failureOf } from "./aws-failure.ts";
import { fromItem, InvalidItemError, type Item, toItem } from "./dynamo-item.ts";

/** Records sort by epoch because it has as many digits as an epoch can have. */
const recordKey = (rolloutId: string): Item => {
	const { service, epoch } = parseRolloutId(rolloutId);
	return toItem({ service, item: `${recordPrefix}${String(epoch).padStart(12, "0")}` });
};

const recordPrefix = "rollout#";

/** The history in the table of services: beside each service's state one item per rollout, sort key `rollout#<epoch>`. */
export const dynamoRolloutHistory = (client: DynamoDBClient, tableName: string): RolloutHistory => ({
	append: async (record) => {
		const put = new PutItemCommand({
			TableName: tableName,
			Item: { ...toItem(record), ...recordKey(record.rolloutId) },
			ConditionExpression: "attribute_not_exists(#service)",
			ExpressionAttributeNames: { "#service": "service" },
		});
		await client.send(put).catch((error: unknown) => {
			// Appended before, by this call or by an earlier one.
			if (!(error instanceof ConditionalCheckFailedException)) unavailable("PutItem")(error);
		});
	},
	list: async (service, limit) => {
		const records: RolloutRecord[] = [];
		const most = Math.min(limit, mostRecords);
		let from: Item | undefined;
		do {
			const page = await client
				.send(newest(tableName, service, most - records.length, from))
				.catch(unavailable("Query"));
			records.push(...(page.Items ?? []).map(recordIn));
			from = page.LastEvaluatedKey;
		} while (from !== undefined && records.length < most);
		return records;
	},
});

const newest = (tableName: string, service: string, limit: number, from: Item | undefined): QueryCommand =>
	new QueryCommand({
		TableName: tableName,
		KeyConditionExpression: "#service = :service AND begins_with(#item, :records)",
		ExpressionAttributeNames: { "#service": "service", "#item": "item" },
		ExpressionAttributeValues: toItem({ ":service": service, ":records": recordPrefix }),
		ScanIndexForward: false,
		ConsistentRead: true,
		Limit: limit,
		...(from !== undefined && { ExclusiveStartKey: from }),
	});

const recordIn = (item: Item): RolloutRecord => {
	const { service: _, item: key, ...record } = fromItem(item);
	// Written by this adapter alone, from a RolloutRecord.
	if (typeof record.rolloutId === "string") return record as unknown as RolloutRecord;
	throw new InvalidItemError(`Item ${String(key)} is not the record of a rollout: allowed are those with a rolloutId.`);
};

const unavailable =
	(call: string) =>
	(error: unknown): never => {
		throw failureOf(`DynamoDB ${call}`, error, HistoryUnavailableError);
	};
