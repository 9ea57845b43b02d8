import type { Definition, State } from "./definition.ts";
import { functionNames } from "./expression-check.ts";
import { Fields } from "./fields.ts";
import { InvalidStateMachineError } from "./invalid-state-machine-error.ts";
import { isJsonObject } from "./json-value.ts";
import { maxSeconds, parseState } from "./state-parser.ts";
import { checkTransitions } from "./transitions.ts";

/** A machine that can be executed. Immutable: one may serve any number of engines. */
export interface StateMachine {
	readonly arn: string;
	readonly name: string;
	readonly roleArn: string;
	readonly definition: Definition;
}

/** 40 variables of 256 KiB are 10 MiB, AWS's limit for an execution: with no more names than this nothing can exceed it. */
const maxVariables = 40;

const arnPattern = /^arn:aws:states:[a-z0-9-]+:\d{12}:stateMachine:([A-Za-z0-9_-]{1,80})$/;
const variablePattern = /^\p{ID_Start}\p{ID_Continue}{0,79}$/u;

/**
 * Parses a definition (an object, as from JSON or YAML, its placeholders filled in) and checks all that can be checked
 * before it runs. What AWS would refuse, and what this interpreter does not know, is refused by name.
 * @throws InvalidStateMachineError
 */
export const loadStateMachine = (arn: string, roleArn: string, definition: unknown): StateMachine => {
	const name = arnPattern.exec(arn)?.[1];
	if (name === undefined) {
		throw new InvalidStateMachineError(
			`ARN "${arn}" is not valid; allowed is arn:aws:states:REGION:ACCOUNT:stateMachine:NAME`,
		);
	}
	const where = `machine "${name}"`;
	const fields = new Fields(definition, where);
	for (const ignored of ["Comment", "Version"]) fields.take(ignored);
	fields.oneOf("QueryLanguage", ["JSONata"]);
	const startAt = fields.text("StartAt");
	const isWhole = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= maxSeconds;
	// Unlike a task's, a machine's limit cannot be an expression.
	const timeoutSeconds = fields.number("TimeoutSeconds", isWhole, `a whole number from 1 to ${maxSeconds}`, null);
	const raw = fields.take("States");
	if (!isJsonObject(raw)) return fields.refuse("States", raw, "an object of states");
	fields.refuseOthers();

	const variables = variablesOf(raw, where);
	const states = new Map<string, State>();
	for (const [stateName, state] of Object.entries(raw)) {
		const place = `${where}, state "${stateName}"`;
		if (stateName.length > 80) throw new InvalidStateMachineError(`${place}: has a name of more than 80 characters`);
		states.set(stateName, parseState(stateName, state, variables, place));
	}
	checkTransitions(startAt, states, where);
	return { arn, name, roleArn, definition: { startAt, states, timeoutSeconds } };
};

/** Names that states, choice rules and catchers assign. */
const variablesOf = (states: Readonly<Record<string, unknown>>, where: string): ReadonlySet<string> => {
	const names = new Set<string>();
	for (const [stateName, state] of Object.entries(states)) {
		if (!isJsonObject(state)) continue;
		const inner = [state.Choices, state.Catch].flatMap((list) => (Array.isArray(list) ? list : []));
		for (const holder of [state, ...inner]) {
			if (!isJsonObject(holder) || !isJsonObject(holder.Assign)) continue;
			for (const variable of Object.keys(holder.Assign)) {
				checkVariable(variable, `${where}, state "${stateName}"`);
				names.add(variable);
			}
		}
	}
	if (names.size > maxVariables) {
		throw new InvalidStateMachineError(`${where}: assigns ${names.size} variables; allowed are ${maxVariables}`);
	}
	return names;
};

const checkVariable = (name: string, where: string): void => {
	if (!variablePattern.test(name) || name === "states") {
		const allowed = "a Unicode identifier of at most 80 characters, and not states";
		throw new InvalidStateMachineError(`${where}: variable "${name}" is not valid; allowed is ${allowed}`);
	}
	// It would hide the function from every later expression.
	if (functionNames.has(name)) {
		throw new InvalidStateMachineError(
			`${where}: variable "${name}" has the name of a function; allowed is any other name`,
		);
	}
};
