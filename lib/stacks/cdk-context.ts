import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";

const cdkFile = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * The context that `cdk.json` sets, feature flags above all. Only CDK's command line reads that file by itself;
 * whoever makes the app in another way passes this, and gets the very same templates.
 */
export const readCdkContext = (): Readonly<Record<string, unknown>> => {
	const file = fileURLToPath(new URL("../../cdk.json", import.meta.url));
	return cdkFile.parse(JSON.parse(readFileSync(file, "utf8"))).context;
};
