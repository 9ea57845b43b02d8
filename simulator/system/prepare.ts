import { loadStateMachine, type StateMachine } from "../asl/state-machine.ts";
import type { Deployment } from "../template/deployment.ts";
import { type FunctionCode, functionCode } from "./function-code.ts";

/** A deployment with its machines parsed and its code loaded: what any number of runs can share. */
export interface Prepared {
	readonly deployment: Deployment;
	readonly machines: readonly StateMachine[];
	/** By the entry that the template's metadata names. */
	readonly code: ReadonlyMap<string, FunctionCode>;
}

/**
 * Does once what need not be done for each run.
 * @throws InvalidStateMachineError, InvalidTemplateError for what the simulator does not know, by its name.
 */
export const prepare = async (deployment: Deployment): Promise<Prepared> => {
	// Functions without an entry are CDK's own; the simulator does what they do by itself.
	const entries = deployment.functions.map(({ entry }) => entry).filter((entry) => entry !== "");
	const code = await Promise.all(entries.map(async (entry) => [entry, await functionCode(entry)] as const));
	const machines = deployment.machines.map(({ arn, roleArn, definition }) =>
		loadStateMachine(arn, roleArn, definition),
	);
	return { deployment, machines, code: new Map(code) };
};
