import { readEnvironmentFile } from "../../bin/environment-file.ts";
import { type SynthesizedStacks, synthesize } from "../../bin/synthesize.ts";
import { type Prepared, prepare } from "../../simulator/system/prepare.ts";
import type { Deployment } from "../../simulator/template/deployment.ts";
import { loadDeployment } from "../../simulator/template/load-deployment.ts";
import { EditableStacks } from "./editable-stacks.ts";

const synthesized = new Map<string, SynthesizedStacks>();

/** The stacks of config/<environment>.yaml, as the simulator loads them. Synthesized once for each file of tests. */
export const rehearsedStacks = (environment = "production"): SynthesizedStacks => {
	const before = synthesized.get(environment);
	if (before !== undefined) return before;
	const now = synthesize(readEnvironmentFile(environment));
	synthesized.set(environment, now);
	return now;
};

/** What would be deployed, after a change to the templates. */
export const rehearsedDeployment = (
	change: (stacks: EditableStacks) => void = () => {},
	environment?: string,
): Deployment => {
	const { stacks, region, account } = rehearsedStacks(environment);
	const editable = new EditableStacks(stacks);
	change(editable);
	return loadDeployment(editable.stacks, { region, account });
};

/** The same, ready to run. */
export const rehearse = (
	change: (stacks: EditableStacks) => void = () => {},
	environment?: string,
): Promise<Prepared> => prepare(rehearsedDeployment(change, environment));
