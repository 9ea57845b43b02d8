import type jsonata from "jsonata";
import type { JsonValue } from "./json-value.ts";

/** A compiled JSONata expression; `text` is what stands between `{%` and `%}`, trimmed, as AWS quotes it in errors. */
export interface Expression {
	readonly text: string;
	readonly compiled: jsonata.Expression;
}

/** A JSON value with expressions in it. `field` is the place that AWS names in errors: `Arguments/Payload/service`. */
export type Template =
	| { readonly kind: "literal"; readonly value: JsonValue }
	| { readonly kind: "expression"; readonly expression: Expression; readonly field: string }
	| { readonly kind: "object"; readonly entries: readonly (readonly [string, Template])[] }
	| { readonly kind: "array"; readonly items: readonly Template[] };

/** Where a state goes; null ends the execution. */
export type Next = string | null;

/** What a state, a choice rule or a catcher does with data when it is left. Null means the default. */
export interface Leaving {
	readonly assign: Template | null;
	readonly output: Template | null;
}

export interface Retrier {
	readonly errorEquals: readonly string[];
	readonly intervalSeconds: number;
	readonly maxAttempts: number;
	readonly backoffRate: number;
	/** Null means that nothing caps the delay. */
	readonly maxDelaySeconds: number | null;
	readonly jitterStrategy: "FULL" | "NONE";
}

export interface Catcher extends Leaving {
	readonly errorEquals: readonly string[];
	readonly next: string;
}

export interface ChoiceRule extends Leaving {
	readonly condition: Template;
	readonly next: string;
}

/** The service integrations that our machines use. */
export type TaskResource =
	| "arn:aws:states:::lambda:invoke"
	| "arn:aws:states:::lambda:invoke.waitForTaskToken"
	| "arn:aws:states:::states:startExecution"
	| "arn:aws:states:::states:startExecution.sync:2";

export interface TaskState extends Leaving {
	readonly type: "Task";
	readonly name: string;
	readonly resource: TaskResource;
	/** Null means that the state input is what the task gets. */
	readonly arguments: Template | null;
	readonly timeoutSeconds: Template | null;
	readonly retriers: readonly Retrier[];
	readonly catchers: readonly Catcher[];
	readonly next: Next;
}

export interface ChoiceState extends Leaving {
	readonly type: "Choice";
	readonly name: string;
	readonly rules: readonly ChoiceRule[];
	readonly default: string;
}

export interface WaitState extends Leaving {
	readonly type: "Wait";
	readonly name: string;
	readonly seconds: Template;
	readonly next: Next;
}

interface PassState extends Leaving {
	readonly type: "Pass";
	readonly name: string;
	readonly next: Next;
}

interface SucceedState {
	readonly type: "Succeed";
	readonly name: string;
	readonly output: Template | null;
}

export interface FailState {
	readonly type: "Fail";
	readonly name: string;
	readonly error: Template | null;
	readonly cause: Template | null;
}

export type State = TaskState | ChoiceState | WaitState | PassState | SucceedState | FailState;

/** A definition that passed every static check, its expressions compiled. */
export interface Definition {
	readonly startAt: string;
	readonly states: ReadonlyMap<string, State>;
	/** Null means that only a year ends it. */
	readonly timeoutSeconds: number | null;
}
