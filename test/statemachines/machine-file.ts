import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** A retrier or a catcher, as far as the rules look at it. */
export interface Retrier {
	readonly ErrorEquals: readonly string[];
	readonly IntervalSeconds?: number;
	readonly MaxAttempts?: number;
	readonly BackoffRate?: number;
	readonly MaxDelaySeconds?: number;
	readonly JitterStrategy?: string;
	readonly Next?: string;
}

/** A state as it stands in the file. */
export interface State {
	readonly Type: string;
	readonly Resource?: string;
	readonly Arguments?: Readonly<Record<string, unknown>>;
	readonly TimeoutSeconds?: number | string;
	readonly Retry?: readonly Retrier[];
	readonly Catch?: readonly Retrier[];
	readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
	readonly Default?: string;
}

/** A machine as it stands in `statemachines/`. */
export interface MachineFile {
	readonly name: string;
	readonly definition: {
		readonly Comment?: string;
		readonly QueryLanguage?: string;
		readonly TimeoutSeconds?: number;
		readonly States: Readonly<Record<string, State>>;
	};
	/** Its states with their names, in the order of the file. */
	readonly states: readonly (State & { readonly name: string })[];
	readonly placeholders: readonly string[];
}

const folder = fileURLToPath(new URL("../../statemachines/", import.meta.url));

const read = (name: string): MachineFile => {
	const text = readFileSync(`${folder}${name}.asl.yaml`, "utf8");
	// Anchors of retriers are meant to be used often; the parser's limit is against hostile files.
	const definition: MachineFile["definition"] = parse(text, { maxAliasCount: 1_000 });
	return {
		name,
		definition,
		states: Object.entries(definition.States).map(([name, state]) => ({ ...state, name })),
		placeholders: [...new Set([...text.matchAll(/\$\{([^}]*)\}/g)].map(([, placeholder = ""]) => placeholder))],
	};
};

/** Every machine there is, found by its file and not by a list that could be forgotten. */
export const machineFiles: readonly MachineFile[] = readdirSync(folder)
	.filter((file) => file.endsWith(".asl.yaml"))
	.toSorted()
	.map((file) => read(file.slice(0, -".asl.yaml".length)));
