import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { compileService } from "../../../lib/domain/configuration/compile-service.ts";
import { InvalidConfigurationError } from "../../../lib/domain/configuration/configuration-error.ts";
import {
	environmentConfigJsonSchema,
	parseEnvironmentConfig,
} from "../../../lib/domain/configuration/environment-config.ts";
import { environmentFile, targetGroupArns } from "./environment-file.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

const messageOf = (act: () => unknown): string => {
	try {
		act();
	} catch (error) {
		if (error instanceof InvalidConfigurationError) return error.message;
		throw error;
	}
	throw new Error("nothing was refused");
};

describe("examples", () => {
	it.each(["development", "staging", "production"])("given %s.yaml, parses it and compiles every service", (name) => {
		const file = read(`config/${name}.yaml`);

		const config = parseEnvironmentConfig(parse(file));
		const definitions = Object.keys(config.services).map((service) => compileService(config, service, targetGroupArns));

		expect(file.split("\n")[0]).toBe("# yaml-language-server: $schema=./sluice.schema.json");
		expect(config).toMatchObject({ environment: name, stage: name });
		expect(definitions.length).toBeGreaterThan(0);
		expect(definitions.map(({ steps }) => steps.at(-1)?.weightPercent)).toEqual(definitions.map(() => 100));
	});

	it("given production.yaml, gives what the rehearsal counts on", () => {
		const config = parseEnvironmentConfig(parse(read("config/production.yaml")));

		const [checkout, payments, search] = ["checkout", "payments", "search"].map((service) =>
			compileService(config, service, targetGroupArns),
		);

		expect(config.cluster).toMatchObject({ endpoint: "private", name: "shop-production" });
		expect(checkout?.steps.map(({ weightPercent, approval }) => [weightPercent, approval?.approvers])).toEqual([
			[5, ["release-manager", "head-of-shop"]],
			[25, undefined],
			[50, undefined],
			[100, undefined],
		]);
		expect(checkout?.guardrails.maxErrorPercent).toBe(2);
		expect(checkout?.alarmNames).toEqual(["checkout-orders-failed"]);
		expect(payments?.steps.filter(({ approval }) => approval).map(({ weightPercent }) => weightPercent)).toEqual([
			5, 50,
		]);
		expect(payments?.alarmNames).toEqual(["payments-declined", "payments-provider-unreachable"]);
		expect(search?.workload.inClusterService).toBeNull();
		expect(search?.steps).toHaveLength(1);
	});
});

describe("notifications", () => {
	it("given a file without them, tells nobody", () => {
		const config = parseEnvironmentConfig(environmentFile());

		expect(config.notifications).toEqual({ pageEmails: [], noticeEmails: [] });
	});
});

interface JsonSchema {
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly [keyword: string]: unknown;
}

const keysOf = (schema: unknown): readonly string[] => {
	if (typeof schema !== "object" || schema === null) return [];
	const own = Object.keys((schema as JsonSchema).properties ?? {});
	return [...new Set([...own, ...Object.values(schema).flatMap(keysOf)])];
};

describe("docs/configuration.md", () => {
	it("given its smallest file, parses it", () => {
		const [, file = ""] = /```yaml\n([\s\S]*?)```/.exec(read("docs/configuration.md")) ?? [];

		const config = parseEnvironmentConfig(parse(file));

		expect(Object.keys(config.services)).toEqual(["checkout"]);
	});

	it("given the mistakes that it shows, shows the real message", () => {
		const mistakes = read("config/production.yaml")
			.replace('account: "111122223333"', "account: 111122223333")
			.replace(/\n {2}network:\n( {4}.*\n)+/, "\n")
			.replace("steps: 5-25-50-100", "steps: [{ weightPercent: 5 }, { weightPercent: 120 }]")
			.replace("windowSeconds: 3600", "windowSecond: 3600");

		const message = messageOf(() => parseEnvironmentConfig(parse(mistakes)));

		expect(read("docs/configuration.md")).toContain(`\n${message}\n`);
	});
});

describe("JSON Schema", () => {
	it("given the schemas of today, is committed as they say it", () => {
		const committed: unknown = JSON.parse(read("config/sluice.schema.json"));

		const current: unknown = JSON.parse(JSON.stringify(environmentConfigJsonSchema()));

		expect(committed, "config/sluice.schema.json is out of date; renew it with `npm run schema`").toEqual(current);
	});

	it("given any key, finds it in docs/configuration.md", () => {
		const guide = read("docs/configuration.md");

		const keys = keysOf(environmentConfigJsonSchema());

		expect(keys).toContain("weightPercent");
		expect(keys.filter((key) => !new RegExp(`[\`.]${key}[\`.]`).test(guide))).toEqual([]);
	});

	it("given a key that is left to default, does not require it", () => {
		const schema = environmentConfigJsonSchema() as JsonSchema;

		expect(schema.required).toEqual(["environment", "stage", "account", "region", "cluster", "services"]);
		expect(schema.properties?.services).toMatchObject({
			maxProperties: 1000,
			additionalProperties: {
				properties: { guardrails: { default: {}, properties: { windowSeconds: { default: 60 } } } },
			},
		});
	});
});
