import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../lib/adapters/dynamo-item.ts";
import { Expressions, type Placeholders } from "./dynamo-expression.ts";
import { JsonRefusal, jsonProduct } from "./json-product.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";

interface Write extends Placeholders {
	readonly TableName: string;
	readonly Key: Item;
	readonly UpdateExpression: string;
	readonly ConditionExpression?: string;
	readonly ReturnValues?: string;
	readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface Put extends Placeholders {
	readonly TableName: string;
	readonly Item: Item;
	readonly ConditionExpression?: string;
	readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface Check extends Placeholders {
	readonly TableName: string;
	readonly Key: Item;
	readonly ConditionExpression?: string;
}

interface TransactItem {
	readonly Put?: Put;
	readonly Update?: Write;
	readonly Delete?: Check;
	readonly ConditionCheck?: Check;
}

interface Query extends Placeholders {
	readonly TableName: string;
	readonly IndexName?: string;
	readonly KeyConditionExpression: string;
	readonly Limit?: number;
	readonly ScanIndexForward?: boolean;
	readonly ExclusiveStartKey?: Item;
}

interface Reason {
	readonly Code: string;
	readonly Item?: Item;
}

/** One table of DynamoDB with partition key `service`, sort key `item` and the index `busy`, as it looks from the wire. */
export class DynamoProduct {
	readonly #tableName: string;
	readonly #items = new Map<string, Item>();
	readonly #tokens = new Map<string, string>();
	/** Items on one page of a query; DynamoDB's own limit is 1 MB. */
	pageSize = 1_000;
	readonly answer: (request: WireRequest) => WireAnswer;

	constructor(tableName: string) {
		this.#tableName = tableName;
		this.answer = jsonProduct("DynamoDB_20120810", "1.0", {
			GetItem: (input) => this.#getItem(input as unknown as { TableName: string; Key: Item }),
			PutItem: (input) => this.#putItem(input as unknown as Put),
			UpdateItem: (input) => this.#updateItem(input as unknown as Write),
			TransactWriteItems: (input) =>
				this.#transact(input as { TransactItems: TransactItem[]; ClientRequestToken?: string }),
			Query: (input) => this.#query(input as unknown as Query),
		});
	}

	/** Puts an item in place behind the wire's back. */
	put(item: Item): void {
		this.#items.set(keyOf(item), item);
	}

	/** Every item, as stored. */
	get items(): readonly Item[] {
		return [...this.#items.values()];
	}

	#getItem({ TableName, Key }: { TableName: string; Key: Item }): object {
		this.#checkTable(TableName);
		const Item = this.#items.get(keyOf(Key));
		return Item === undefined ? {} : { Item };
	}

	#putItem(put: Put): object {
		const { next, failure } = this.#evaluate(put);
		if (failure) throw new JsonRefusal("ConditionalCheckFailedException", "The conditional request failed");
		this.put(next);
		return {};
	}

	#updateItem(write: Write): object {
		const { next, failure } = this.#evaluate(write);
		if (failure)
			throw new JsonRefusal("ConditionalCheckFailedException", "The conditional request failed", {
				Item: failure.Item,
			});
		this.put(next);
		return write.ReturnValues === "ALL_NEW" ? { Attributes: next } : {};
	}

	#transact(input: { TransactItems: readonly TransactItem[]; ClientRequestToken?: string }): object {
		const content = JSON.stringify(input.TransactItems);
		const earlier = this.#tokens.get(input.ClientRequestToken ?? "");
		if (earlier === content) return {};
		if (earlier !== undefined) throw new JsonRefusal("IdempotentParameterMismatchException", "Token was used before");
		const outcomes = input.TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => {
			const check = Delete ?? ConditionCheck;
			if (check === undefined) return this.#evaluate(Put ?? Update);
			return { ...this.#checked(check), gone: Delete === undefined ? null : keyOf(Delete.Key) };
		});
		const reasons = outcomes.map(({ failure }) => failure ?? { Code: "None" });
		if (reasons.some(({ Code }) => Code !== "None"))
			throw new JsonRefusal("TransactionCanceledException", "Transaction cancelled", { CancellationReasons: reasons });
		for (const outcome of outcomes) {
			if ("next" in outcome) this.put(outcome.next);
			else if (outcome.gone !== null) this.#items.delete(outcome.gone);
		}
		if (input.ClientRequestToken !== undefined) this.#tokens.set(input.ClientRequestToken, content);
		return {};
	}

	#query(query: Query): object {
		this.#checkTable(query.TableName);
		if (query.IndexName !== undefined && query.IndexName !== "busy")
			throw new JsonRefusal("ValidationException", "The table has no such index");
		const expressions = new Expressions(query);
		// An empty table reads the expression as well, and says what is wrong with it.
		expressions.holds(query.KeyConditionExpression, {});
		const isBefore = (a: Item, b: Item): boolean =>
			query.ScanIndexForward === false ? sortKeyOf(a) > sortKeyOf(b) : sortKeyOf(a) < sortKeyOf(b);
		const found = this.items
			.filter((item) => expressions.holds(query.KeyConditionExpression, item))
			.sort((a, b) => (isBefore(a, b) ? -1 : 1));
		expressions.refuseUnused();
		const from = query.ExclusiveStartKey;
		const rest = from === undefined ? found : found.filter((item) => isBefore(from, item));
		const size = Math.min(query.Limit ?? this.pageSize, this.pageSize);
		const page = rest.slice(0, size);
		const last = page.at(-1);
		// DynamoDB names a last key whenever the page is full, even where nothing follows.
		const isFull = last !== undefined && page.length === size;
		const key = { service: last?.service, item: last?.item };
		const LastEvaluatedKey = isFull ? (query.IndexName === undefined ? key : { ...key, busy: last.busy }) : undefined;
		return { Items: page, Count: page.length, LastEvaluatedKey };
	}

	#evaluate(write: Write | Put | undefined): { readonly next: Item; readonly failure?: Reason } {
		if (write === undefined) throw new JsonRefusal("ValidationException", "Neither Put nor Update");
		this.#checkTable(write.TableName);
		const key = "Item" in write ? write.Item : write.Key;
		const present = this.#items.get(keyOf(key));
		const expressions = new Expressions(write);
		const holds = expressions.holds(write.ConditionExpression, present ?? {});
		const next = "Item" in write ? write.Item : expressions.updated(write.UpdateExpression, present ?? key);
		expressions.refuseUnused();
		if (holds) return { next };
		const isTold = write.ReturnValuesOnConditionCheckFailure === "ALL_OLD" && present !== undefined;
		return { next, failure: { Code: "ConditionalCheckFailed", ...(isTold && { Item: present }) } };
	}

	#checked(check: Check): { readonly failure?: Reason } {
		this.#checkTable(check.TableName);
		const expressions = new Expressions(check);
		const holds = expressions.holds(check.ConditionExpression, this.#items.get(keyOf(check.Key)) ?? {});
		expressions.refuseUnused();
		return holds ? {} : { failure: { Code: "ConditionalCheckFailed" } };
	}

	#checkTable(tableName: string): void {
		if (tableName !== this.#tableName)
			throw new JsonRefusal("ResourceNotFoundException", "Requested resource not found");
	}
}

const textOf = (attribute: AttributeValue | undefined): string => {
	if (attribute?.S === undefined)
		throw new JsonRefusal("ValidationException", "The provided key element is not a string");
	return attribute.S;
};

const keyOf = (item: Item): string => JSON.stringify([textOf(item.service), textOf(item.item)]);

const sortKeyOf = (item: Item): string => `${textOf(item.service)} ${textOf(item.item)}`;
