import {
	type CancellationReason,
	ConditionalCheckFailedException,
	type DynamoDBClient,
	GetItemCommand,
	QueryCommand,
	TransactionCanceledException,
	TransactWriteItemsCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { imageIdOf, type Release } from "../domain/release.ts";
import type { ServiceState } from "../domain/service-state.ts";
import type { Condition, Transition } from "../domain/transition.ts";
import { InvalidAwsCallError } from "../ports/errors.ts";
import {
	type AdmissionTerms,
	InvalidServiceError,
	ReleaseSeenConflictError,
	SeatsTakenConflictError,
	type ServiceStore,
	StoreConflictError,
	StoreUnavailableError,
} from "../ports/service-store.ts";
import { failureOf } from "./aws-failure.ts";
import type { Item } from "./dynamo-item.ts";
import { holdersIn, taking } from "./dynamo-seats-item.ts";
import { imageKey, serviceStateOf, stateKey } from "./dynamo-service-item.ts";
import { compileTransition } from "./dynamo-transition.ts";

/** More services than this are never listed at once: an environment has at most 1,000. */
const mostListed = 1_000;

/**
 * The service store in one DynamoDB table: partition key `service`, sort key `item`, index `busy` with all attributes.
 * A conflict may be the echo of an own write whose answer was lost before the SDK tried again: look at what it carries.
 */
export const dynamoServiceStore = (client: DynamoDBClient, tableName: string): ServiceStore => {
	const read = async (service: string): Promise<ServiceState> => {
		const { Item: item } = await client
			.send(new GetItemCommand({ TableName: tableName, Key: stateKey(service), ConsistentRead: true }))
			.catch(unavailable("GetItem"));
		if (item === undefined) throw neverEnrolled(service);
		return serviceStateOf(item);
	};
	const write = async (service: string, transition: Transition): Promise<ServiceState> => {
		const update = new UpdateItemCommand({
			...updateIn(tableName, service, transition),
			ReturnValues: "ALL_NEW",
		});
		const { Attributes: item } = await client.send(update).catch((error: unknown) => {
			if (error instanceof ConditionalCheckFailedException) throw refusalOf(service, transition, error.Item);
			return unavailable("UpdateItem")(error);
		});
		if (item === undefined) throw new StoreUnavailableError(`UpdateItem of ${service} answered no attributes.`);
		return serviceStateOf(item);
	};
	const admit = async (
		service: string,
		release: Release,
		transition: Transition,
		terms: AdmissionTerms = {},
	): Promise<ServiceState> => {
		await client.send(admission(tableName, service, release, transition, terms)).catch((error: unknown) => {
			if (error instanceof TransactionCanceledException) throw cancellationOf(service, release, transition, error);
			return unavailable("TransactWriteItems")(error);
		});
		// A transaction answers no item, and applying the transition to what was read before would guess. Read now,
		// the state is this one or, if somebody wrote in between, a newer one; never an older one.
		return read(service);
	};
	return { read, write, admit, listBusy: () => listBusy(client, tableName) };
};

const updateIn = (tableName: string, service: string, transition: Transition) => ({
	TableName: tableName,
	Key: stateKey(service),
	...compileTransition(transition),
	ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
});

/**
 * No ClientRequestToken of our own: the SDK makes one per call and repeats it in its own retries, so that a lost answer
 * is harmless. One derived from the release would make DynamoDB answer a second admission within ten minutes with
 * success instead of a refusal, whatever had become of the first.
 */
const admission = (
	tableName: string,
	service: string,
	release: Release,
	transition: Transition,
	{ again = false, seat }: AdmissionTerms,
) =>
	new TransactWriteItemsCommand({
		TransactItems: [
			{
				Put: {
					TableName: tableName,
					Item: imageKey(service, imageIdOf(release)),
					...(!again && {
						ConditionExpression: "attribute_not_exists(#service)",
						ExpressionAttributeNames: { "#service": "service" },
					}),
				},
			},
			{ Update: updateIn(tableName, service, transition) },
			...(seat === undefined ? [] : [{ Update: taking(tableName, seat.rolloutId, seat.limit) }]),
		],
	});

const listBusy = async (client: DynamoDBClient, tableName: string): Promise<readonly ServiceState[]> => {
	const states: ServiceState[] = [];
	let from: Item | undefined;
	do {
		const page = await client
			.send(
				new QueryCommand({
					TableName: tableName,
					IndexName: "busy",
					KeyConditionExpression: "#busy = :busy",
					ExpressionAttributeNames: { "#busy": "busy" },
					ExpressionAttributeValues: { ":busy": { S: "1" } },
					Limit: mostListed - states.length,
					...(from !== undefined && { ExclusiveStartKey: from }),
				}),
			)
			.catch(unavailable("Query"));
		states.push(...(page.Items ?? []).map(serviceStateOf));
		from = page.LastEvaluatedKey;
	} while (from !== undefined && states.length < mostListed);
	return states;
};

const unavailable =
	(call: string) =>
	(error: unknown): never => {
		throw failureOf(`DynamoDB ${call}`, error, StoreUnavailableError);
	};

const neverEnrolled = (service: string): InvalidServiceError =>
	new InvalidServiceError(`Service "${service}" was never enrolled: allowed are services that the table holds.`);

/** Reasons come in the order of the transaction's items: the release first, then the state, then the seats. */
const cancellationOf = (
	service: string,
	release: Release,
	transition: Transition,
	error: TransactionCanceledException,
): Error => {
	const [seen, state, seats] = error.CancellationReasons ?? [];
	if (isConditionFailed(seen))
		return new ReleaseSeenConflictError(`Image "${imageIdOf(release)}" of service "${service}" was admitted before.`, {
			cause: error,
		});
	if (isConditionFailed(state)) return refusalOf(service, transition, state?.Item);
	if (isConditionFailed(seats)) {
		const holders = holdersIn(seats?.Item);
		return new SeatsTakenConflictError(`No seat is free for service "${service}": ${holders.join(", ")}.`, holders);
	}
	const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
	const message = `DynamoDB TransactWriteItems was cancelled: ${codes.join(", ") || error.message}.`;
	// The others, conflicts with other transactions and throttles, pass by themselves.
	const isForGood = codes.some((code) => code === "ValidationError" || code === "ItemCollectionSizeLimitExceeded");
	return isForGood
		? new InvalidAwsCallError(message, { cause: error })
		: new StoreUnavailableError(message, { cause: error });
};

const isConditionFailed = (reason: CancellationReason | undefined): boolean =>
	reason?.Code === "ConditionalCheckFailed";

const refusalOf = (service: string, { condition }: Transition, item: Item | undefined): Error => {
	if (item === undefined) return neverEnrolled(service);
	const current = serviceStateOf(item);
	const { epoch, phase, rolloutId } = current;
	return new StoreConflictError(
		`Service "${service}" is at ${JSON.stringify({ epoch, phase, rolloutId })}: allowed is ${wanted(condition)}.`,
		current,
	);
};

const wanted = ({ epoch, phaseIn, rolloutId }: Condition): string => JSON.stringify({ epoch, phaseIn, rolloutId });
