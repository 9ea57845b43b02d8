import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseEnvironmentConfig } from "../../lib/domain/configuration/environment-config.ts";
import { readCdkContext } from "../../lib/stacks/cdk-context.ts";
import { makeApp } from "../../lib/stacks/sluice-app.ts";
import { environmentConfig, privateCluster } from "./synthesized-environment.ts";

const context = { ...readCdkContext(), "aws:cdk:bundling-stacks": [] };
const configFolder = fileURLToPath(new URL("../../config/", import.meta.url));
const shipped = readdirSync(configFolder).filter((file) => file.endsWith(".yaml"));

describe("the app", () => {
	let outdir = "";
	beforeAll(() => {
		outdir = mkdtempSync(join(tmpdir(), "sluice-app-"));
	});
	afterAll(() => rmSync(outdir, { recursive: true }));

	it("given rules of CloudFormation and cdk-nag, breaks none that was not acknowledged", { timeout: 120_000 }, () => {
		const config = environmentConfig(["checkout"], { cluster: privateCluster });

		makeApp({ config, context, outdir }).synth();

		const report = JSON.parse(readFileSync(join(outdir, "validation-report.json"), "utf8"));
		expect(report.pluginReports).toEqual([]);
	});

	it.each(shipped)("given the shipped %s, synthesizes the control plane and every service", (file) => {
		const config = parseEnvironmentConfig(parse(readFileSync(join(configFolder, file), "utf8")));

		const assembly = makeApp({ config, context, outdir, validate: false }).synth();

		const services = Object.keys(config.services).map((service) => `service-${service}`);
		expect(assembly.stacks.map(({ stackName }) => stackName).toSorted()).toEqual(
			["control-plane", ...services].map((stack) => `sluice-${config.environment}-${stack}`).toSorted(),
		);
	});

	it("given a thousand services, synthesizes them all (D15)", { timeout: 120_000 }, () => {
		const names = Array.from({ length: 1_000 }, (_, position) => `service-${position}`);
		// Priorities of one listener end at 50,000, so a thousand services share it closely.
		const config = environmentConfig(names, { prioritiesApart: 2 });

		const assembly = makeApp({ config, context, outdir, validate: false }).synth();

		expect(assembly.stacks).toHaveLength(1_001);
	});

	it("given service stacks, deploys the control plane before them", () => {
		const assembly = makeApp({ config: environmentConfig(["checkout"]), context, outdir, validate: false }).synth();

		const { dependencies } = assembly.getStackByName("sluice-test-service-checkout");

		expect(dependencies.map(({ id }) => id)).toContain("sluice-test-control-plane");
	});
});
