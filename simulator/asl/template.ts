import type { Template } from "./definition.ts";
import { compileExpression, isExpressionText } from "./expression.ts";
import type { ExpressionScope } from "./expression-check.ts";
import { InvalidStateMachineError } from "./invalid-state-machine-error.ts";
import { isJsonObject, type JsonValue } from "./json-value.ts";

/**
 * Compiles a JSON value with expressions at any depth. A subtree without any stays one literal, shared by all executions.
 * @param field - its place in the state as AWS writes it: `Output`, `Choices[0]/Assign`.
 * @throws InvalidStateMachineError for an expression that does not span its string, or that is refused.
 */
export const compileTemplate = (value: unknown, field: string, scope: ExpressionScope, where: string): Template => {
	if (typeof value === "string") return compileText(value, field, scope, where);
	if (Array.isArray(value)) {
		const items = value.map((item, index) => compileTemplate(item, `${field}[${index}]`, scope, where));
		return items.every(isLiteral)
			? { kind: "literal", value: items.map((item) => item.value) }
			: { kind: "array", items };
	}
	if (isJsonObject(value)) {
		const entries = Object.entries(value).map(
			([key, item]) => [key, compileTemplate(item, `${field}/${key}`, scope, where)] as const,
		);
		const literals: Record<string, JsonValue> = {};
		for (const [key, entry] of entries) if (entry.kind === "literal") literals[key] = entry.value;
		const isAllLiteral = entries.every(([, entry]) => entry.kind === "literal");
		return isAllLiteral ? { kind: "literal", value: literals } : { kind: "object", entries };
	}
	if (value === null || typeof value === "number" || typeof value === "boolean") return { kind: "literal", value };
	throw new InvalidStateMachineError(`${where}: ${field} is ${typeof value}, which JSON cannot say`);
};

const isLiteral = (template: Template): template is Template & { readonly kind: "literal" } =>
	template.kind === "literal";

const compileText = (text: string, field: string, scope: ExpressionScope, where: string): Template => {
	if (isExpressionText(text)) {
		return { kind: "expression", expression: compileExpression(text, scope, `${where}: ${field}`), field };
	}
	// AWS takes such a string as it is, which is never what its author meant.
	if (text.includes("{%") || text.includes("%}")) {
		throw new InvalidStateMachineError(
			`${where}: ${field} "${text}" has an expression in part; allowed is {% … %} from the first character to the last`,
		);
	}
	return { kind: "literal", value: text };
};
