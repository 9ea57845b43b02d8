import { type Item, toItem } from "./dynamo-item.ts";

/** Key of the one item that lists the seats of an environment; no service is called so, its name begins with a letter. */
export const seatsKey: Item = toItem({ service: "#environment", item: "seats" });

const names = { "#rollouts": "rollouts" } as const;
const rolloutOf = (rolloutId: string) => ({ ":one": { SS: [rolloutId] } });

/** Adds a rollout to the seats, whether there is room or not. */
export const granting = (tableName: string, rolloutId: string) => ({
	TableName: tableName,
	Key: seatsKey,
	UpdateExpression: "ADD #rollouts :one",
	ExpressionAttributeNames: names,
	ExpressionAttributeValues: rolloutOf(rolloutId),
});

/** Takes a seat if one is free, or if this rollout has one already. */
export const taking = (tableName: string, rolloutId: string, limit: number) => ({
	...granting(tableName, rolloutId),
	ConditionExpression: "(attribute_not_exists(#rollouts) OR size(#rollouts) < :limit OR contains(#rollouts, :id))",
	ExpressionAttributeValues: { ...rolloutOf(rolloutId), ":limit": { N: String(limit) }, ":id": { S: rolloutId } },
	ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
});

/** Frees a seat; the condition keeps it from making an item where there is none. */
export const givingBack = (tableName: string, rolloutId: string) => ({
	TableName: tableName,
	Key: seatsKey,
	UpdateExpression: "DELETE #rollouts :one",
	ConditionExpression: "contains(#rollouts, :id)",
	ExpressionAttributeNames: names,
	ExpressionAttributeValues: { ...rolloutOf(rolloutId), ":id": { S: rolloutId } },
});

/** Rollouts that hold a seat; an empty set is no attribute at all. */
export const holdersIn = (item: Item | undefined): readonly string[] => [...(item?.rollouts?.SS ?? [])].sort();
