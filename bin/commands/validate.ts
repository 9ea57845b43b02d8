import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readEnvironmentFile } from "../environment-file.ts";

const configFolder = fileURLToPath(new URL("../../config", import.meta.url));

/**
 * Checks every `config/<environment>.yaml`. @returns the exit code.
 * @throws InvalidEnvironmentFileError for the first file with anything that is not allowed.
 */
export const validate = (): number => {
	const files = readdirSync(configFolder).filter((file) => file.endsWith(".yaml"));
	for (const file of files.sort()) {
		const { services } = readEnvironmentFile(file.slice(0, -".yaml".length));
		process.stdout.write(`config/${file} is valid: services ${Object.keys(services).join(", ")}.\n`);
	}
	return 0;
};
