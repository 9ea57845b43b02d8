import type { EnvironmentConfig } from "../lib/domain/configuration/environment-config.ts";
import { type Prepared, prepare } from "../simulator/system/prepare.ts";
import { loadDeployment } from "../simulator/template/load-deployment.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { synthesize } from "./synthesize.ts";

/** Environment whose stacks are rehearsed. */
const rehearsedEnvironment = "production";

/** Synthesizes the rehearsed environment and makes it ready to run; `adjust` changes the configuration first. */
export const prepareRehearsal = async (
	adjust: (config: EnvironmentConfig) => EnvironmentConfig = (config) => config,
): Promise<Prepared> => {
	const { stacks, ...place } = synthesize(adjust(readEnvironmentFile(rehearsedEnvironment)));
	return prepare(loadDeployment(stacks, place));
};
