import { describe, expect, it } from "vitest";
import type * as z from "zod/mini";
import type { ServiceDefinition } from "../../lib/domain/service-definition.ts";
import { serviceDefinitionSchema } from "../../lib/domain/service-definition-schema.ts";
import { contractDefinition, gatewayRoute } from "../contracts/contract-definition.ts";

// These compile only while the schema and the type say the same, field by field.
const asParsed = (definition: ServiceDefinition): z.infer<typeof serviceDefinitionSchema> => definition;
const asDefinition = (parsed: z.infer<typeof serviceDefinitionSchema>): ServiceDefinition => parsed;

const valid = contractDefinition();
const [first, last] = valid.steps;

const messagesFor = (value: unknown): readonly string[] => {
	const parsed = serviceDefinitionSchema.safeParse(value);
	return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
};

describe("serviceDefinitionSchema", () => {
	it("given a definition, reads it back unchanged", () => {
		const parsed = serviceDefinitionSchema.parse(JSON.parse(JSON.stringify(asParsed(valid))));

		expect(asDefinition(parsed)).toStrictEqual(valid);
	});

	it("given a service that the Gateway API routes, reads it back unchanged", () => {
		const gateway: ServiceDefinition = { ...valid, route: gatewayRoute() };

		expect(serviceDefinitionSchema.parse(JSON.parse(JSON.stringify(gateway)))).toStrictEqual(gateway);
	});

	it.each([
		["text in place of a route", "text"],
		["a kind that nobody knows", { ...valid.route, kind: "dns" }],
	])("given %s, says which kinds there are", (_, route) => {
		expect(messagesFor({ ...valid, route }).join()).toMatch(/^route.*load-balancer.*gateway-api/);
	});

	it("given a route of both kinds at once, refuses it", () => {
		expect(messagesFor({ ...valid, route: { ...valid.route, ...gatewayRoute() } }).join()).toContain("route: ");
	});

	it.each(Object.keys(valid))("given a definition without %s, refuses it at that path", (key) => {
		const { [key]: _, ...rest }: Record<string, unknown> = { ...valid };

		const messages = messagesFor(rest);

		expect(messages).not.toEqual([]);
		expect(messages.every((message) => message.startsWith(`${key}:`))).toBe(true);
	});

	it.each([
		["a field that nobody knows", { owner: "ana" }, "service, environment"],
		["a nested field that nobody knows", { route: { ...valid.route, weight: 1 } }, "route: "],
		["numbers as text, as CloudFormation writes them", { windowSeconds: "900" }, "windowSeconds"],
		["a drain shorter than five minutes", { drainSeconds: 299 }, "drainSeconds"],
		[
			"a trial rule that is not one before the base rule",
			{ route: { ...valid.route, trialPriority: 99 } },
			"trialPriority",
		],
		["no steps", { steps: [] }, "steps"],
		["steps that do not end at 100 %", { steps: [first] }, "steps whose weights rise to 100"],
		["steps that fall", { steps: [last, first] }, "steps whose weights rise to 100"],
		["a bake that ends before it may", { steps: [{ ...last, minBakeSeconds: 601 }] }, "steps.0.maxBakeSeconds"],
		["a tag pattern that is no regular expression", { tagPattern: "(" }, "tagPattern"],
		["an image's URI with a tag", { workload: { ...valid.workload, repositoryUri: "r.io/a:v1" } }, "repositoryUri"],
		["a service name that no rollout id can hold", { service: "Checkout" }, "service"],
		[
			"more alarms than one call can read",
			{ alarmNames: Array.from({ length: 101 }, (_, i) => `a${i}`) },
			"alarmNames",
		],
	])("given %s, refuses it and says where", (_, change, expected) => {
		const messages = messagesFor({ ...valid, ...change });

		expect(messages).not.toEqual([]);
		expect(messages.join("\n")).toContain(expected);
	});
});
