import { type Fields, fieldsOf, InvalidTemplateError, isFields, listOf, textOf } from "./template-error.ts";

/** One statement of a policy, ready to be asked. */
export interface Statement {
	readonly effect: "Allow" | "Deny";
	readonly actions: readonly RegExp[];
	readonly resources: readonly RegExp[];
	/** Condition keys with the patterns that one of their values must match. */
	readonly conditions: readonly { readonly key: string; readonly values: readonly RegExp[] }[];
}

/** What somebody wants to do, to what, under which circumstances. */
export interface Request {
	readonly action: string;
	readonly resource: string;
	readonly conditions: Readonly<Record<string, string>>;
}

const patternOf = (text: string, isLiteral = false): RegExp => {
	const escaped = text.replace(/[.+^${}()|[\]\\]/g, "\\$&");
	return isLiteral
		? new RegExp(`^${escaped.replace(/[*?]/g, "\\$&")}$`)
		: new RegExp(`^${escaped.replace(/\*/g, ".*").replace(/\?/g, ".")}$`, "i");
};

const textsOf = (value: unknown, where: string): readonly string[] =>
	(Array.isArray(value) ? value : [value]).map((item) => textOf(item, where));

const known = ["Action", "Condition", "Effect", "Resource", "Sid"];

/** Operators of conditions that are understood; each of them asks for an exact or a wildcard match of one key. */
const operators: Readonly<Record<string, boolean>> = { ArnEquals: false, StringEquals: true, StringLike: false };

const conditionsOf = (condition: Fields, where: string): Statement["conditions"] =>
	Object.entries(condition).flatMap(([operator, keys]) => {
		const isLiteral = operators[operator];
		if (isLiteral === undefined) {
			throw new InvalidTemplateError(
				`${where}: condition operator ${operator} is not simulated; allowed are ${Object.keys(operators).join(", ")}.`,
			);
		}
		return Object.entries(fieldsOf(keys, where)).map(([key, values]) => ({
			key,
			values: textsOf(values, where).map((value) => patternOf(value, isLiteral)),
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
			effect: fields.Effect === "Deny" ? "Deny" : "Allow",
			actions: textsOf(fields.Action, where).map((action) => patternOf(action)),
			resources: textsOf(fields.Resource, where).map((resource) => patternOf(resource)),
			conditions: isFields(fields.Condition) ? conditionsOf(fields.Condition, where) : [],
		};
	});

const applies = (statement: Statement, request: Request): boolean =>
	statement.actions.some((pattern) => pattern.test(request.action)) &&
	statement.resources.some((pattern) => pattern.test(request.resource)) &&
	statement.conditions.every(({ key, values }) => {
		const present = request.conditions[key];
		return present !== undefined && values.some((pattern) => pattern.test(present));
	});

/** IAM's rule for one account: some statement allows it, and none denies it. */
export const isAllowed = (statements: readonly Statement[], request: Request): boolean => {
	const applicable = statements.filter((statement) => applies(statement, request));
	return applicable.length > 0 && applicable.every((statement) => statement.effect === "Allow");
};
