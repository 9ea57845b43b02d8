import { App } from "aws-cdk-lib";
import { readCdkContext } from "../lib/stacks/cdk-context.ts";
import { makeApp } from "../lib/stacks/sluice-app.ts";
import { InvalidEnvironmentFileError, readEnvironmentFile } from "./environment-file.ts";

/** The environment that `cdk --context environment=NAME` asks for; `production` where nobody asks. */
const environmentAskedFor = (): string => {
	const asked: unknown = new App({ autoSynth: false }).node.tryGetContext("environment");
	return asked === undefined ? "production" : String(asked);
};

try {
	makeApp({ config: readEnvironmentFile(environmentAskedFor()), context: readCdkContext() }).synth();
} catch (error) {
	if (!(error instanceof InvalidEnvironmentFileError)) throw error;
	console.error(error.message);
	process.exit(2);
}
