import type { EnvironmentConfig } from "../lib/domain/configuration/environment-config.ts";
import { type Prepared, prepare } from "../simulator/system/prepare.ts";
import { loadDeployment } from "../simulator/template/load-deployment.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { synthesize } from "./synthesize.ts";

/** What is rehearsed: the stacks of an environment, after a change to its configuration. */
interface Rehearsed {
	/** Production where absent. */
	readonly environment?: string | undefined;
	adjust?(config: EnvironmentConfig): EnvironmentConfig;
}

/** Synthesizes an environment and makes it ready to run. @throws InvalidEnvironmentFileError */
export const prepareRehearsal = async ({
	environment = "production",
	adjust = (config) => config,
}: Rehearsed = {}): Promise<Prepared> => {
	const { stacks, ...place } = synthesize(adjust(readEnvironmentFile(environment)));
	return prepare(loadDeployment(stacks, place));
};
