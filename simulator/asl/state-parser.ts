import type { Catcher, ChoiceRule, Leaving, State, TaskState, Template } from "./definition.ts";
import type { ExpressionScope, StatesPart } from "./expression-check.ts";
import { Fields } from "./fields.ts";
import { isJsonObject } from "./json-value.ts";
import { readErrorEquals, readRetriers } from "./retry-fields.ts";
import { compileTemplate } from "./template.ts";

const resources = [
	"arn:aws:states:::lambda:invoke",
	"arn:aws:states:::lambda:invoke.waitForTaskToken",
	"arn:aws:states:::states:startExecution",
	"arn:aws:states:::states:startExecution.sync:2",
] as const;

/** Arguments each API takes here, the required one first. */
const argumentNames = {
	lambda: ["FunctionName", "Payload"],
	states: ["StateMachineArn", "Input", "Name"],
} as const;

/** Longest Wait and longest TimeoutSeconds that AWS accepts. */
export const maxSeconds = 99_999_999;

/**
 * Parses one state and compiles its expressions.
 * @param variables - every name that some state of the machine assigns.
 * @throws InvalidStateMachineError for whatever is not interpreted, by name.
 */
export const parseState = (name: string, raw: unknown, variables: ReadonlySet<string>, where: string): State =>
	new StateParser(name, new Fields(raw, where), variables).parse();

class StateParser {
	readonly #name: string;
	readonly #fields: Fields;
	readonly #variables: ReadonlySet<string>;

	constructor(name: string, fields: Fields, variables: ReadonlySet<string>) {
		this.#name = name;
		this.#fields = fields;
		this.#variables = variables;
	}

	parse(): State {
		const fields = this.#fields;
		const type = fields.oneOf("Type", ["Task", "Choice", "Wait", "Pass", "Succeed", "Fail"]);
		fields.take("Comment");
		if (fields.take("QueryLanguage") !== undefined) fields.oneOf("QueryLanguage", ["JSONata"]);
		const state = this.#parseType(type);
		fields.refuseOthers();
		return state;
	}

	#parseType(type: State["type"]): State {
		const name = this.#name;
		const fields = this.#fields;
		switch (type) {
			case "Task":
				return this.#task();
			case "Choice": {
				const rules = fields.list("Choices").map((rule, index) => this.#rule(rule, index));
				if (rules.length === 0) fields.refuse("Choices", [], "a list of at least one");
				return { type, name, rules, default: fields.text("Default"), ...this.#leaving(fields, "", []) };
			}
			case "Wait": {
				const seconds = this.#seconds("Seconds", 0);
				if (seconds === null) return fields.refuse("Seconds", undefined, "seconds, as a number or an expression");
				return { type, name, seconds, next: fields.next(), ...this.#leaving(fields, "", []) };
			}
			case "Pass":
				return { type, name, next: fields.next(), ...this.#leaving(fields, "", []) };
			case "Succeed":
				return { type, name, output: this.#template(fields, "Output", "", []) };
			case "Fail":
				return { type, name, error: this.#text("Error"), cause: this.#text("Cause") };
		}
	}

	#task(): TaskState {
		const fields = this.#fields;
		const resource = fields.oneOf("Resource", resources);
		const args = this.#template(fields, "Arguments", "", []);
		this.#checkArguments(resource.includes(":lambda:") ? "lambda" : "states");
		const catchers = fields.list("Catch");
		return {
			type: "Task",
			name: this.#name,
			resource,
			arguments: args,
			timeoutSeconds: this.#seconds("TimeoutSeconds", 1),
			retriers: readRetriers(fields),
			catchers: catchers.map((raw, index) => this.#catcher(raw, index, index === catchers.length - 1)),
			next: fields.next(),
			...this.#leaving(fields, "", ["result"]),
		};
	}

	/** Names can be checked where Arguments is an object; where it is an expression they are checked when it runs. */
	#checkArguments(api: keyof typeof argumentNames): void {
		const raw = this.#fields.take("Arguments");
		if (!isJsonObject(raw)) return;
		const fields = new Fields(raw, `${this.#fields.where}: Arguments`);
		const [required, ...optional] = argumentNames[api];
		fields.text(required);
		for (const name of optional) fields.take(name);
		fields.refuseOthers();
	}

	#rule(raw: unknown, index: number): ChoiceRule {
		const place = `Choices[${index}]`;
		const fields = new Fields(raw, `${this.#fields.where}: ${place}`);
		const value = fields.take("Condition");
		const condition = this.#template(fields, "Condition", `${place}/`, []);
		if (condition === null || (condition.kind === "literal" && typeof condition.value !== "boolean")) {
			return fields.refuse("Condition", value, "an expression, true or false");
		}
		if (condition.kind === "object" || condition.kind === "array") {
			return fields.refuse("Condition", value, "an expression, true or false");
		}
		const rule = { condition, next: fields.text("Next"), ...this.#leaving(fields, `${place}/`, []) };
		fields.take("Comment");
		fields.refuseOthers();
		return rule;
	}

	#catcher(raw: unknown, index: number, isLast: boolean): Catcher {
		const place = `Catch[${index}]`;
		const fields = new Fields(raw, `${this.#fields.where}: ${place}`);
		const errorEquals = readErrorEquals(fields, isLast);
		const catcher = { errorEquals, next: fields.text("Next"), ...this.#leaving(fields, `${place}/`, ["errorOutput"]) };
		fields.take("Comment");
		fields.refuseOthers();
		return catcher;
	}

	#leaving(fields: Fields, place: string, extra: readonly StatesPart[]): Leaving {
		const assign = fields.take("Assign");
		if (assign !== undefined && !isJsonObject(assign)) fields.refuse("Assign", assign, "an object of variables");
		return {
			assign: this.#template(fields, "Assign", place, extra),
			output: this.#template(fields, "Output", place, extra),
		};
	}

	#template(fields: Fields, name: string, place: string, extra: readonly StatesPart[]): Template | null {
		const value = fields.take(name);
		if (value === undefined) return null;
		const scope: ExpressionScope = { parts: new Set(["input", "context", ...extra]), variables: this.#variables };
		return compileTemplate(value, `${place}${name}`, scope, this.#fields.where);
	}

	#seconds(name: string, least: number): Template | null {
		const allowed = `a whole number from ${least} to ${maxSeconds}, or an expression`;
		const template = this.#template(this.#fields, name, "", []);
		if (template === null || template.kind === "expression") return template;
		const value = template.kind === "literal" ? template.value : null;
		if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= maxSeconds) return template;
		return this.#fields.refuse(name, this.#fields.take(name), allowed);
	}

	#text(name: string): Template | null {
		const template = this.#template(this.#fields, name, "", []);
		if (template === null || template.kind === "expression") return template;
		if (template.kind === "literal" && typeof template.value === "string") return template;
		return this.#fields.refuse(name, this.#fields.take(name), "a text or an expression");
	}
}
