import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { environmentConfigJsonSchema } from "../../lib/domain/configuration/environment-config.ts";

const schemaFile = fileURLToPath(new URL("../../config/sluice.schema.json", import.meta.url));

/** Prints the JSON Schema of `config/<environment>.yaml`, or writes it where editors look for it. @returns the exit code. */
export const schema = (isWriting: boolean): number => {
	const text = `${JSON.stringify(environmentConfigJsonSchema(), null, "\t")}\n`;
	if (isWriting) writeFileSync(schemaFile, text);
	else process.stdout.write(text);
	return 0;
};
