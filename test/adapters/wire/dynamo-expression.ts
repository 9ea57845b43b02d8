import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../lib/adapters/dynamo-item.ts";
import { JsonRefusal } from "./json-product.ts";

/** The two maps that expressions refer to. */
export interface Placeholders {
	readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
	readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

const invalid = (message: string): JsonRefusal => new JsonRefusal("ValidationException", message);

/**
 * Reads the part of DynamoDB's expression grammar that names attributes by placeholder, and is as strict:
 * unknown and unused placeholders, empty maps and paths named twice are refused.
 */
export class Expressions {
	readonly #names: Readonly<Record<string, string>>;
	readonly #values: Readonly<Record<string, AttributeValue>>;
	readonly #used = new Set<string>();

	constructor({ ExpressionAttributeNames, ExpressionAttributeValues }: Placeholders) {
		for (const map of [ExpressionAttributeNames, ExpressionAttributeValues])
			if (map !== undefined && Object.keys(map).length === 0)
				throw invalid("ExpressionAttribute map must not be empty");
		this.#names = ExpressionAttributeNames ?? {};
		this.#values = ExpressionAttributeValues ?? {};
	}

	/** Whether an item, or the absence of one, satisfies a condition. */
	holds(expression: string | undefined, item: Item): boolean {
		if (expression === undefined) return true;
		const terms = expression.split(" AND ").map((term) => this.#term(term, item));
		return terms.every((term) => term);
	}

	/** The item after an update. Every right-hand side sees the item as it was before. */
	updated(expression: string, item: Item): Item {
		const next = { ...item };
		const seen = new Set<string>();
		const target = (text: string): string => {
			const name = this.#name(text);
			if (seen.has(name)) throw invalid(`Two document paths overlap with each other: [${name}]`);
			seen.add(name);
			return name;
		};
		const match =
			/^(?:SET (?<set>.+?))?(?: ?REMOVE (?<remove>.+?))?(?: ?ADD (?<add>.+?))?(?: ?DELETE (?<delete>.+))?$/.exec(
				expression,
			);
		if (!match || expression === "") throw invalid(`Invalid UpdateExpression: ${expression}`);
		for (const assignment of match.groups?.set?.split(/, (?=#\w+ = )/) ?? []) {
			const [left = "", right = ""] = assignment.split(" = ");
			next[target(left)] = this.#rightHandSide(right, item);
		}
		for (const path of match.groups?.remove?.split(", ") ?? []) delete next[target(path)];
		for (const change of match.groups?.add?.split(", ") ?? []) this.#changeSet(change, target, next, "add");
		for (const change of match.groups?.delete?.split(", ") ?? []) this.#changeSet(change, target, next, "delete");
		return next;
	}

	/** Sets of text, which are no attribute at all where they are empty. */
	#changeSet(change: string, target: (text: string) => string, next: Item, how: "add" | "delete"): void {
		const [path = "", placeholder = ""] = change.split(" ");
		const name = target(path);
		const members = this.#value(placeholder).SS;
		if (members === undefined) throw invalid(`Only sets can be changed by ${how.toUpperCase()} here: ${change}`);
		const present = next[name]?.SS ?? [];
		const left =
			how === "add" ? [...new Set([...present, ...members])] : present.filter((member) => !members.includes(member));
		if (left.length > 0) next[name] = { SS: left };
		else delete next[name];
	}

	/** To be called when all expressions were read. */
	refuseUnused(): void {
		const unused = [...Object.keys(this.#names), ...Object.keys(this.#values)].filter((key) => !this.#used.has(key));
		if (unused.length > 0) throw invalid(`Value provided in ExpressionAttributes unused in expressions: ${unused}`);
	}

	#term(term: string, item: Item): boolean {
		const exists = /^attribute_(exists|not_exists)\((#\w+(?:\.#\w+)*)\)$/.exec(term);
		if (exists?.[2] !== undefined) return (exists[1] === "exists") === (this.#attribute(exists[2], item) !== undefined);
		const size = /^size\((#\w+(?:\.#\w+)*)\) = (:\w+)$/.exec(term);
		if (size?.[1] && size[2]) return String(this.#attribute(size[1], item)?.L?.length) === this.#value(size[2]).N;
		const begins = /^begins_with\((#\w+), (:\w+)\)$/.exec(term);
		if (begins?.[1] && begins[2]) {
			const [text, prefix] = [item[this.#name(begins[1])]?.S, this.#value(begins[2]).S];
			return prefix !== undefined && text?.startsWith(prefix) === true;
		}
		const either = /^\((.+ OR .+)\)$/.exec(term);
		if (either?.[1] !== undefined) {
			const sides = either[1].split(" OR ").map((side) => this.#term(side, item));
			return sides.some((side) => side);
		}
		const fewer = /^size\((#\w+)\) < (:\w+)$/.exec(term);
		if (fewer?.[1] && fewer[2]) {
			const members = item[this.#name(fewer[1])]?.SS;
			const limit = Number(this.#value(fewer[2]).N);
			return members !== undefined && members.length < limit;
		}
		const contains = /^contains\((#\w+), (:\w+)\)$/.exec(term);
		if (contains?.[1] && contains[2]) {
			const member = this.#value(contains[2]).S;
			return item[this.#name(contains[1])]?.SS?.some((held) => held === member) === true;
		}
		const equals = /^(#\w+(?:\.#\w+)*) = (:\w+)$/.exec(term);
		if (equals?.[1] && equals[2]) return isSame(this.#attribute(equals[1], item), this.#value(equals[2]));
		const less = /^(#\w+(?:\.#\w+)*) (<=?) (:\w+)$/.exec(term);
		if (less?.[1] && less[3]) {
			const [left, right] = [this.#attribute(less[1], item), this.#value(less[3])];
			return isLess(left, right) || (less[2] === "<=" && isSame(left, right));
		}
		const among = /^(#\w+) IN \((:\w+(?:, :\w+)*)\)$/.exec(term);
		if (!among?.[1] || !among[2]) throw invalid(`Invalid ConditionExpression: ${term}`);
		const attribute = item[this.#name(among[1])];
		const values = among[2].split(", ").map((value) => this.#value(value));
		return values.some((value) => isSame(attribute, value));
	}

	#rightHandSide(text: string, item: Item): AttributeValue {
		const ifAbsent = /^if_not_exists\((#\w+), (:\w+)\)$/.exec(text);
		if (ifAbsent?.[1] && ifAbsent[2]) {
			const value = this.#value(ifAbsent[2]);
			return item[this.#name(ifAbsent[1])] ?? value;
		}
		if (text.startsWith(":")) return this.#value(text);
		const attribute = item[this.#name(text)];
		if (attribute === undefined) throw invalid("The provided expression refers to an attribute that does not exist");
		return attribute;
	}

	/** What a path leads to: an attribute, or one of those inside it. */
	#attribute(path: string, item: Item): AttributeValue | undefined {
		const [first = "", ...inner] = path.split(".").map((placeholder) => this.#name(placeholder));
		return inner.reduce<AttributeValue | undefined>((found, name) => found?.M?.[name], item[first]);
	}

	#name(placeholder: string): string {
		const name = Object.hasOwn(this.#names, placeholder) ? this.#names[placeholder] : undefined;
		if (name === undefined)
			throw invalid(`An expression attribute name used in an expression is not defined: ${placeholder}`);
		this.#used.add(placeholder);
		return name;
	}

	#value(placeholder: string): AttributeValue {
		const value = Object.hasOwn(this.#values, placeholder) ? this.#values[placeholder] : undefined;
		if (value === undefined)
			throw invalid(`An expression attribute value used in an expression is not defined: ${placeholder}`);
		this.#used.add(placeholder);
		return value;
	}
}

/** Numbers are compared as such, however they are written; what is absent or no number is not less than anything. */
const isLess = (left: AttributeValue | undefined, right: AttributeValue): boolean =>
	left?.N !== undefined && right.N !== undefined && Number(left.N) < Number(right.N);

const isSame = (left: AttributeValue | undefined, right: AttributeValue): boolean =>
	left?.N !== undefined && right.N !== undefined
		? Number(left.N) === Number(right.N)
		: JSON.stringify(left) === JSON.stringify(right);
