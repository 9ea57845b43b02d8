import {
	type CancellationReason,
	type DynamoDBClient,
	GetItemCommand,
	TransactionCanceledException,
	type TransactWriteItem,
	TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { Tombstone } from "../domain/enrolment-facts.ts";
import { EnrolmentConflictError, type EnrolmentRecord } from "../ports/enrolment-record.ts";
import { InvalidAwsCallError } from "../ports/errors.ts";
import { StoreUnavailableError } from "../ports/service-store.ts";
import { failureOf } from "./aws-failure.ts";
import { fromItem, type Item, toAttribute, toItem } from "./dynamo-item.ts";
import { serviceItemOf, serviceStateOf, stateKey } from "./dynamo-service-item.ts";

const tombstoneKey = (service: string): Item => toItem({ service, item: "tombstone" });

const tombstoneOf = (item: Item): Tombstone => {
	const { service: _, item: __, ...tombstone } = fromItem(item);
	return tombstone as unknown as Tombstone; // Written by this adapter alone, from a Tombstone.
};

const isFailedCondition = ({ Code }: CancellationReason): boolean => Code === "ConditionalCheckFailed";

const transact = async (client: DynamoDBClient, what: string, items: TransactWriteItem[]): Promise<void> => {
	await client.send(new TransactWriteItemsCommand({ TransactItems: items })).catch((error: unknown) => {
		if (!(error instanceof TransactionCanceledException))
			throw failureOf("DynamoDB TransactWriteItems", error, StoreUnavailableError);
		const reasons = error.CancellationReasons ?? [];
		const codes = reasons.map(({ Code }) => Code).join(", ");
		const options = { cause: error };
		if (reasons.some(isFailedCondition))
			throw new EnrolmentConflictError(`${what}: the record is not as it was read (${codes}).`, options);
		const message = `DynamoDB TransactWriteItems was cancelled: ${codes || error.message}.`;
		throw codes.includes("ValidationError")
			? new InvalidAwsCallError(message, options)
			: new StoreUnavailableError(message, options);
	});
};

/** Records that come and go in the service table; the tombstone is an item of its own, beside the state. */
export const dynamoEnrolmentRecord = (client: DynamoDBClient, tableName: string): EnrolmentRecord => {
	const get = async (key: Item): Promise<Item | undefined> => {
		const command = new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true });
		const { Item: item } = await client.send(command).catch((error: unknown) => {
			throw failureOf("DynamoDB GetItem", error, StoreUnavailableError);
		});
		return item;
	};
	const putTombstone = (service: string, tombstone: Tombstone): TransactWriteItem => ({
		Put: {
			TableName: tableName,
			Item: { ...tombstoneKey(service), ...toItem(tombstone) },
			ConditionExpression: "(attribute_not_exists(#epoch) OR #epoch <= :epoch)",
			ExpressionAttributeNames: { "#epoch": "epoch" },
			ExpressionAttributeValues: { ":epoch": toAttribute(tombstone.epoch) },
		},
	});
	return {
		read: async (service) => {
			const [state, tombstone] = await Promise.all([get(stateKey(service)), get(tombstoneKey(service))]);
			return {
				record: state === undefined ? null : serviceStateOf(state),
				tombstone: tombstone === undefined ? null : tombstoneOf(tombstone),
			};
		},
		enrol: (state) =>
			transact(client, `Enrolling ${state.service} at epoch ${state.epoch}`, [
				{
					Put: {
						TableName: tableName,
						Item: serviceItemOf(state),
						ConditionExpression: "attribute_not_exists(#service)",
						ExpressionAttributeNames: { "#service": "service" },
					},
				},
				{
					ConditionCheck: {
						TableName: tableName,
						Key: tombstoneKey(state.service),
						ConditionExpression: "(attribute_not_exists(#epoch) OR #epoch < :epoch)",
						ExpressionAttributeNames: { "#epoch": "epoch" },
						ExpressionAttributeValues: { ":epoch": toAttribute(state.epoch) },
					},
				},
			]),
		withdraw: (service, epoch, slot, release) =>
			transact(client, `Withdrawing ${service} at epoch ${epoch}`, [
				{
					Delete: {
						TableName: tableName,
						Key: stateKey(service),
						ConditionExpression: "#epoch = :epoch AND #phase = :idle",
						ExpressionAttributeNames: { "#epoch": "epoch", "#phase": "phase" },
						ExpressionAttributeValues: { ":epoch": toAttribute(epoch), ":idle": toAttribute("idle") },
					},
				},
				putTombstone(service, { epoch, leaving: { slot, release } }),
			]),
		bar: (service, epoch, leaving) =>
			transact(client, `Barring ${service} at epoch ${epoch}`, [putTombstone(service, { epoch, leaving })]),
		close: (service, epoch) =>
			transact(client, `Closing the record of ${service} at epoch ${epoch}`, [putTombstone(service, { epoch })]),
	};
};
