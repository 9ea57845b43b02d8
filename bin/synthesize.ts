import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EnvironmentConfig } from "../lib/domain/configuration/environment-config.ts";
import { readCdkContext } from "../lib/stacks/cdk-context.ts";
import { makeApp } from "../lib/stacks/sluice-app.ts";

/** Stacks as they would be deployed, but for the code of functions, which is not bundled. */
export interface SynthesizedStacks {
	readonly region: string;
	readonly account: string;
	readonly stacks: readonly { readonly stackName: string; readonly template: unknown }[];
}

/** Synthesizes an environment with the context of cdk.json, so that the templates are those of `cdk synth`. */
export const synthesize = (config: EnvironmentConfig): SynthesizedStacks => {
	const outdir = mkdtempSync(join(tmpdir(), "sluice-"));
	try {
		const context = { ...readCdkContext(), "aws:cdk:bundling-stacks": [] };
		const assembly = makeApp({ config, context, outdir, validate: false }).synth();
		const stacks = assembly.stacks.map(({ stackName, template }) => ({ stackName, template: template as unknown }));
		return { region: config.region, account: config.account, stacks };
	} finally {
		rmSync(outdir, { recursive: true, force: true });
	}
};
