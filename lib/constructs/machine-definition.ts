import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** What a machine does to others: call a function, start a machine, or start one and wait for its end. */
export type MachineCall = {
	readonly kind: "invoke" | "start" | "run";
	/** Placeholder of who is called, without the braces, as in `ShiftTrafficArn`. */
	readonly placeholder: string;
};

/** A state machine as it stands in its file, and what its role must be allowed to do. */
export interface MachineDefinition {
	/** Amazon States Language as JSON, placeholders unfilled. */
	readonly text: string;
	/** Every placeholder of the file, each once. */
	readonly placeholders: readonly string[];
	/** Every call of its tasks, each once. */
	readonly calls: readonly MachineCall[];
}

/** A task that calls something no role could be derived for. */
export class InvalidMachineError extends Error {
	override readonly name = "InvalidMachineError";
}

const argumentOf: Readonly<Record<string, { readonly kind: MachineCall["kind"]; readonly argument: string }>> = {
	"arn:aws:states:::lambda:invoke": { kind: "invoke", argument: "FunctionName" },
	"arn:aws:states:::lambda:invoke.waitForTaskToken": { kind: "invoke", argument: "FunctionName" },
	"arn:aws:states:::states:startExecution": { kind: "start", argument: "StateMachineArn" },
	"arn:aws:states:::states:startExecution.sync:2": { kind: "run", argument: "StateMachineArn" },
};

/** Reads `statemachines/<name>.asl.yaml`. @throws InvalidMachineError */
export const readMachineDefinition = (name: string): MachineDefinition =>
	parseMachineDefinition(
		readFileSync(fileURLToPath(new URL(`../../statemachines/${name}.asl.yaml`, import.meta.url)), "utf8"),
	);

/**
 * Reads a definition and derives its calls, so that no grant is forgotten and none is too wide.
 * @throws InvalidMachineError for a task whose resource or target is not one of those that Sluice's machines use.
 */
export const parseMachineDefinition = (yaml: string): MachineDefinition => {
	const definition: unknown = parse(yaml);
	const text = JSON.stringify(definition);
	return {
		text,
		placeholders: [...new Set([...text.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name ?? ""))].sort(),
		calls: distinct(tasksIn(definition).map(callOf)),
	};
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

const tasksIn = (value: unknown): readonly Fields[] => {
	if (!isFields(value)) return [];
	const own = value.Type === "Task" ? [value] : [];
	return [...own, ...Object.values(value).flatMap(tasksIn)];
};

const callOf = (task: Fields): MachineCall => {
	const resource = String(task.Resource);
	const call = argumentOf[resource];
	if (call === undefined)
		throw new InvalidMachineError(
			`Task resource "${resource}" is not known; allowed are ${Object.keys(argumentOf).join(", ")}.`,
		);
	const target = isFields(task.Arguments) ? task.Arguments[call.argument] : undefined;
	const placeholder = /^\$\{([A-Za-z0-9]+Arn)\}$/.exec(String(target))?.[1];
	if (placeholder === undefined)
		throw new InvalidMachineError(
			`${call.argument} of a task is ${JSON.stringify(target)}; allowed is one placeholder, as in "\${ShiftTrafficArn}".`,
		);
	return { kind: call.kind, placeholder };
};

const distinct = (calls: readonly MachineCall[]): readonly MachineCall[] => [
	...new Map(calls.map((call) => [`${call.kind} ${call.placeholder}`, call])).values(),
];
