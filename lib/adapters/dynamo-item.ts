import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { InvalidError } from "../ports/errors.ts";

/** A value has no place in an item, or an item holds something that Sluice never writes. */
export class InvalidItemError extends InvalidError {
	override readonly name = "InvalidItemError";
}

/** An item as DynamoDB sends it. */
export type Item = Record<string, AttributeValue>;

/**
 * A value in DynamoDB's own notation: text, numbers, booleans, lists and maps. Absent keys stay absent.
 * @throws InvalidItemError for null, for numbers that DynamoDB cannot hold, and for anything else.
 */
export const toAttribute = (value: unknown): AttributeValue => {
	if (typeof value === "string") return { S: value };
	if (typeof value === "boolean") return { BOOL: value };
	if (typeof value === "number") return { N: numberText(value) };
	if (Array.isArray(value)) return { L: value.map(toAttribute) };
	if (typeof value === "object" && value !== null) return { M: toItem(value) };
	throw new InvalidItemError(`Value ${String(value)} is not valid in an item: allowed are ${allowed}.`);
};

/** A record as an item: keys whose value is undefined are left out. @throws InvalidItemError as `toAttribute` does. */
export const toItem = (record: object): Item =>
	Object.fromEntries(
		Object.entries(record).flatMap(([key, value]) => (value === undefined ? [] : [[key, toAttribute(value)]])),
	);

/** The inverse of `toAttribute`. @throws InvalidItemError for sets, binaries and nulls, which Sluice never writes. */
export const fromAttribute = (attribute: AttributeValue): unknown => {
	if (attribute.S !== undefined) return attribute.S;
	if (attribute.BOOL !== undefined) return attribute.BOOL;
	if (attribute.N !== undefined) return Number(attribute.N);
	if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
	if (attribute.M !== undefined) return fromItem(attribute.M);
	throw new InvalidItemError(
		`Attribute of type ${Object.keys(attribute).join()} is not valid: allowed are ${allowed}.`,
	);
};

/** The inverse of `toItem`. @throws InvalidItemError as `fromAttribute` does. */
export const fromItem = (item: Item): Record<string, unknown> =>
	Object.fromEntries(Object.entries(item).map(([key, attribute]) => [key, fromAttribute(attribute)]));

const allowed = "text, booleans, lists, maps and numbers that are 0 or of a size from 1e-130 to below 1e126";

const numberText = (value: number): string => {
	const size = Math.abs(value);
	if (value === 0 || (size >= 1e-130 && size < 1e126)) return String(value);
	throw new InvalidItemError(`Number ${value} is not valid in an item: allowed are ${allowed}.`);
};
