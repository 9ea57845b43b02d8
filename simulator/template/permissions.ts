import { type Fields, fieldsOf, InvalidTemplateError, listOf, textOf } from "./template-error.ts";

/** One statement of a policy, ready to be asked. */
export interface Statement {
	readonly effect: "Allow" | "Deny";
	readonly actions: readonly RegExp[];
	readonly resources: readonly RegExp[];
	/** Condition keys with the patterns that one of their values must match. */
	readonly conditions: readonly {
		readonly key: string;
		readonly values: readonly RegExp[];
		readonly isAbsent?: true;
	}[];
}

/** What somebody wants to do, to what, under which circumstances. */
export interface Request {
	readonly action: string;
	readonly resource: string;
	readonly conditions: Readonly<Record<string, string>>;
}

const escapedOf = (text: string): string => text.replace(/[.+^${}()|[\]\\]/g, "\\$&");

const literalOf = (text: string): RegExp => new RegExp(`^${escapedOf(text).replace(/[*?]/g, "\\$&")}$`, "s");

/** `*` stands for any text, `?` for one character. Case counts, but not in the names of actions. */
const patternOf = (text: string, flags = ""): RegExp =>
	new RegExp(`^${escapedOf(text).replace(/\*/g, ".*").replace(/\?/g, ".")}$`, `s${flags}`);

/** Texts that AWS would fill in with what a request is about, as in `${aws:username}`, are refused. */
const textsOf = (value: unknown, where: string): readonly string[] =>
	(Array.isArray(value) ? value : [value]).map((item) => {
		const text = textOf(item, where);
		if (!text.includes("${")) return text;
		throw new InvalidTemplateError(`${where}: policy variables, as in ${text}, are not simulated.`);
	});

const effectOf = (value: unknown, where: string): Statement["effect"] => {
	if (value === "Allow" || value === "Deny") return value;
	throw new InvalidTemplateError(`${where}: Effect is ${JSON.stringify(value)}; allowed is Allow or Deny.`);
};

const known = ["Action", "Condition", "Effect", "Resource", "Sid"];

/** Operators of conditions that are understood; each of them asks for an exact or a wildcard match of one key. */
const operators: Readonly<Record<string, (text: string) => RegExp>> = {
	ArnEquals: (text) => patternOf(text),
	StringEquals: literalOf,
	StringLike: (text) => patternOf(text),
};

/** `Null: { key: "true" }` asks that a key is not there; the other way round is not used. */
const absentKeys = (keys: Fields, where: string): Statement["conditions"] =>
	Object.entries(keys).map(([key, value]) => {
		if (value === "true") return { key, values: [], isAbsent: true };
		throw new InvalidTemplateError(`${where}: Null of ${key} is ${JSON.stringify(value)}; allowed is "true".`);
	});

const conditionsOf = (condition: Fields, where: string): Statement["conditions"] =>
	Object.entries(condition).flatMap(([operator, keys]) => {
		if (operator === "Null") return absentKeys(fieldsOf(keys, where), where);
		const matcherOf = operators[operator];
		if (matcherOf === undefined) {
			throw new InvalidTemplateError(
				`${where}: condition operator ${operator} is not simulated; allowed are ${Object.keys(operators).join(", ")}.`,
			);
		}
		return Object.entries(fieldsOf(keys, where)).map(([key, values]) => ({
			key,
			values: textsOf(values, where).map(matcherOf),
		}));
	});

/** Reads the statements of a policy document whose intrinsic functions are carried out. @throws InvalidTemplateError */
export const readStatements = (document: unknown, where: string): readonly Statement[] =>
	listOf(fieldsOf(document, where).Statement, where).map((entry) => {
		const fields = fieldsOf(entry, where);
		const strange = Object.keys(fields).filter((key) => !known.includes(key));
		if (strange.length > 0)
			throw new InvalidTemplateError(`${where}: ${strange.join(", ")} of a statement is not simulated.`);
		return {
			effect: effectOf(fields.Effect, where),
			actions: textsOf(fields.Action, where).map((action) => patternOf(action, "i")),
			resources: textsOf(fields.Resource, where).map((resource) => patternOf(resource)),
			conditions: fields.Condition === undefined ? [] : conditionsOf(fieldsOf(fields.Condition, where), where),
		};
	});

const applies = (statement: Statement, request: Request): boolean =>
	statement.actions.some((pattern) => pattern.test(request.action)) &&
	statement.resources.some((pattern) => pattern.test(request.resource)) &&
	statement.conditions.every(({ key, values, isAbsent }) => {
		const present = request.conditions[key];
		if (isAbsent) return present === undefined;
		return present !== undefined && values.some((pattern) => pattern.test(present));
	});

/** IAM's rule for one account: some statement allows it, and none denies it. */
export const isAllowed = (statements: readonly Statement[], request: Request): boolean => {
	const applicable = statements.filter((statement) => applies(statement, request));
	return applicable.length > 0 && applicable.every((statement) => statement.effect === "Allow");
};
