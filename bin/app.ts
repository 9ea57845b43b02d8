import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { App } from "aws-cdk-lib";
import { parse } from "yaml";
import { InvalidConfigurationError } from "../lib/domain/configuration/configuration-error.ts";
import { type EnvironmentConfig, parseEnvironmentConfig } from "../lib/domain/configuration/environment-config.ts";
import { readCdkContext } from "../lib/stacks/cdk-context.ts";
import { makeApp } from "../lib/stacks/sluice-app.ts";

/** The environment that `cdk --context environment=NAME` asks for; `production` where nobody asks. */
const environmentAskedFor = (): string => {
	const asked: unknown = new App({ autoSynth: false }).node.tryGetContext("environment");
	return asked === undefined ? "production" : String(asked);
};

const refuse = (message: string): never => {
	console.error(message);
	process.exit(2);
};

const readConfig = (environment: string): EnvironmentConfig => {
	if (!/^[a-z][a-z0-9-]*$/.test(environment))
		return refuse(`Context "environment" is "${environment}"; allowed is lower-case letters, digits and -.`);
	const path = `config/${environment}.yaml`;
	try {
		const text = readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
		return parseEnvironmentConfig(parse(text));
	} catch (error) {
		if (error instanceof InvalidConfigurationError) return refuse(`${path}: ${error.message}`);
		return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
	}
};

makeApp({ config: readConfig(environmentAskedFor()), context: readCdkContext() }).synth();
