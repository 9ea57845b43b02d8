import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { environmentOf, InvalidEnvironmentError } from "../../functions/environment.ts";
import { type FunctionSettings, functionSettings } from "../../lib/constructs/function-settings.ts";
import { clusterPatience, longestWaitMs, type Patience } from "../../lib/ports/patience.ts";
import { environment } from "./function-ports.ts";

const folders = readdirSync("functions", { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

interface EnvironmentModule {
	readonly patience: Patience;
	readonly readEnvironment: (source: Readonly<Record<string, string | undefined>>) => Readonly<Record<string, string>>;
}

const settings: Readonly<Record<string, FunctionSettings>> = functionSettings;

const load = (name: string): Promise<EnvironmentModule> => import(`../../functions/${name}/environment.ts`);

describe("environmentOf", () => {
	it("given what it asks for, answers that and nothing else", () => {
		expect(environmentOf("BUS_NAME")({ BUS_NAME: "sluice", HOME: "/" })).toEqual({ BUS_NAME: "sluice" });
	});

	it("given missing and empty variables, names all of them", () => {
		const read = () => environmentOf("SERVICE_TABLE", "BUS_NAME", "ENVIRONMENT")({ BUS_NAME: "", ENVIRONMENT: "test" });

		expect(read).toThrow(InvalidEnvironmentError);
		expect(read).toThrow("Missing environment variables: SERVICE_TABLE, BUS_NAME.");
	});
});

describe("the functions", () => {
	it.each(folders)("given the variables of a deployment, %s reads its own", async (name) => {
		const { readEnvironment } = await load(name);

		const read = readEnvironment(environment);

		expect(Object.keys(read).length).toBeGreaterThan(0);
		expect(environment).toMatchObject(read);
	});

	it.each(folders)("given one call that hangs, %s has time for it and for five seconds of work", async (name) => {
		const { patience } = await load(name);
		const { timeoutSeconds, needs } = settings[name] ?? { timeoutSeconds: 0, needs: {} };

		const longestMs = Math.max(longestWaitMs(patience), "cluster" in needs ? longestWaitMs(clusterPatience) : 0);

		expect(timeoutSeconds * 1000).toBeGreaterThanOrEqual(longestMs + 5_000);
	});

	it.each(folders)("given no variables, %s fails before it accepts an event", async (name) => {
		const { readEnvironment } = await load(name);

		expect(() => readEnvironment({})).toThrow(InvalidEnvironmentError);
	});
});
