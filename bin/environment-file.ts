import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, YAMLParseError } from "yaml";
import { InvalidConfigurationError } from "../lib/domain/configuration/configuration-error.ts";
import { type EnvironmentConfig, parseEnvironmentConfig } from "../lib/domain/configuration/environment-config.ts";

/** A file `config/<environment>.yaml` is missing, is no YAML or holds what is not allowed. Exit code 2. */
export class InvalidEnvironmentFileError extends Error {
	override readonly name = "InvalidEnvironmentFileError";
}

const refuse = (message: string, cause?: unknown): never => {
	throw new InvalidEnvironmentFileError(message, { cause });
};

/** The path of an environment's file, as people type it. */
const pathOf = (environment: string): string =>
	/^[a-z][a-z0-9-]{0,19}$/.test(environment)
		? `config/${environment}.yaml`
		: refuse(
				`Environment "${environment}" is not valid; allowed are 1 to 20 lower-case letters, digits and -, letter first.`,
			);

/** Names of the environments that have a file. */
const environments = (): string =>
	readdirSync(fileURLToPath(new URL("../config", import.meta.url)))
		.filter((file) => file.endsWith(".yaml"))
		.map((file) => file.slice(0, -".yaml".length))
		.sort()
		.join(", ");

const readText = (path: string): string => {
	try {
		return readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
	} catch (error) {
		const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
		if (isAbsent) return refuse(`${path} cannot be read: there is no such file; allowed are ${environments()}.`, error);
		return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
	}
};

/**
 * Reads and checks the file of an environment.
 * @throws InvalidEnvironmentFileError naming the file, and in it each path, what was found there and what is allowed.
 */
export const readEnvironmentFile = (environment: string): EnvironmentConfig => {
	const path = pathOf(environment);
	const text = readText(path);
	try {
		const config = parseEnvironmentConfig(parse(text));
		if (config.environment === environment) return config;
		return refuse(
			`${path}: environment: found "${config.environment}"; allowed is "${environment}", the name of the file.`,
		);
	} catch (error) {
		if (error instanceof InvalidConfigurationError || error instanceof YAMLParseError)
			return refuse(`${path}: ${error.message}`, error);
		throw error;
	}
};
