import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the app as CDK's command line does, asking for an environment. */
const run = (environment: string) =>
	spawnSync(process.execPath, ["bin/app.ts"], {
		cwd: root,
		encoding: "utf8",
		env: { PATH: process.env.PATH, CDK_CONTEXT_JSON: JSON.stringify({ environment }) },
	});

describe("the app's entry", () => {
	it.each([
		["an environment without a file", "nowhere", "config/nowhere.yaml cannot be read"],
		["a name that is none", "../production", "allowed are 1 to 20 lower-case letters, digits and -"],
	])("given %s, says so and exits 2", { timeout: 60_000 }, (_, environment, message) => {
		const { status, stderr } = run(environment);

		expect(stderr).toContain(message);
		expect(status).toBe(2);
	});
});
