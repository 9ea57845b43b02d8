import type { Expression, Template } from "./definition.ts";
import { type JsonValue, jsonCopyOf } from "./json-value.ts";

/** Everything an expression can refer to: functions, variables and `states`, by name without `$`. */
export type Bindings = Readonly<Record<string, unknown>>;

/** An expression that gave nothing, threw, or gave the wrong type; becomes `States.QueryEvaluationError`. */
export class QueryError extends Error {
	override readonly name = "QueryError";
	/** The field, as AWS names it in EvaluationFailed events. */
	readonly location: string;
	constructor(location: string, message: string) {
		super(message);
		this.location = location;
	}
}

const quoted = (expression: Expression, field: string): string =>
	`The JSONata expression '${expression.text}' specified for the field '${field}'`;

/** The library's own functions and lambdas are objects; as a result they are nothing that JSON can say. */
const isFunction = (result: unknown): boolean =>
	typeof result === "object" && result !== null && ("_jsonata_lambda" in result || "_jsonata_function" in result);

const evaluateExpression = async (expression: Expression, field: string, bindings: Bindings): Promise<JsonValue> => {
	let result: unknown;
	try {
		result = await expression.compiled.evaluate(undefined, bindings);
	} catch (error) {
		const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
		const reason = typeof code === "string" ? `${code}: ${String(message)}` : String(message);
		throw new QueryError(field, `${quoted(expression, field)} threw an error during evaluation. ${reason}`);
	}
	// Copied, because the library's sequences would collapse again in the next expression that reads them.
	const value = isFunction(result) ? undefined : jsonCopyOf(result);
	if (value === undefined) {
		throw new QueryError(field, `${quoted(expression, field)} returned nothing (undefined).`);
	}
	return value;
};

/**
 * The value of a template; a literal is answered as it is, without JSONata, and must not be changed.
 * @throws QueryError
 */
export const evaluateTemplate = async (template: Template, bindings: Bindings): Promise<JsonValue> => {
	switch (template.kind) {
		case "literal":
			return template.value;
		case "expression":
			return evaluateExpression(template.expression, template.field, bindings);
		case "object": {
			const object: Record<string, JsonValue> = {};
			for (const [key, entry] of template.entries) {
				object[key] = entry.kind === "literal" ? entry.value : await evaluateTemplate(entry, bindings);
			}
			return object;
		}
		case "array": {
			const items: JsonValue[] = [];
			for (const item of template.items) items.push(await evaluateTemplate(item, bindings));
			return items;
		}
	}
};

type TypeName = "boolean" | "number" | "string";
type TypeOf<T extends TypeName> = T extends "boolean" ? boolean : T extends "number" ? number : string;

const isOfType = <T extends TypeName>(value: JsonValue, type: T): value is JsonValue & TypeOf<T> =>
	typeof value === type;

const typeNameOf = (value: JsonValue): string => {
	if (value === null) return "null";
	return Array.isArray(value) ? "array" : typeof value;
};

const fieldOf = (template: Template): string => (template.kind === "expression" ? template.field : "");

const subjectOf = (template: Template): string =>
	template.kind === "expression" ? quoted(template.expression, template.field) : "A literal";

/**
 * The value of a field that takes one type only.
 * @throws QueryError when the expression fails or gives another type.
 */
export const evaluateTyped = async <T extends TypeName>(
	template: Template,
	type: T,
	bindings: Bindings,
): Promise<TypeOf<T>> => {
	const value = await evaluateTemplate(template, bindings);
	if (isOfType(value, type)) return value;
	const found = `Expected '${type}', but was '${typeNameOf(value)}' for value: ${JSON.stringify(value)}`;
	throw new QueryError(fieldOf(template), `${subjectOf(template)} returned an unexpected result type. ${found}`);
};

/**
 * The value of a field that takes whole seconds.
 * @throws QueryError when the expression fails, or gives anything but a whole number within the bounds.
 */
export const evaluateSeconds = async (
	template: Template,
	least: number,
	most: number,
	bindings: Bindings,
): Promise<number> => {
	const seconds = await evaluateTyped(template, "number", bindings);
	if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return seconds;
	const found = `${seconds}, which is not a whole number from ${least} to ${most}`;
	throw new QueryError(fieldOf(template), `${subjectOf(template)} returned ${found}.`);
};
