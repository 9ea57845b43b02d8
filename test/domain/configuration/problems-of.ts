import { InvalidConfigurationError } from "../../../lib/domain/configuration/configuration-error.ts";
import { parseEnvironmentConfig } from "../../../lib/domain/configuration/environment-config.ts";

/** What is refused in a file, one line a problem as people read it; empty where the file is valid. */
export const problemsOf = (file: unknown): readonly string[] => {
	try {
		parseEnvironmentConfig(file);
		return [];
	} catch (error) {
		if (!(error instanceof InvalidConfigurationError)) throw error;
		return error.problems.map(({ path, found, allowed }) => `${path}: found ${found}; allowed is ${allowed}`);
	}
};
