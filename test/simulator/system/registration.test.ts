import { describe, expect, it } from "vitest";
import { makeSystem } from "../../../simulator/system/make-system.ts";
import { definitionIn, register } from "../../../simulator/system/registration.ts";
import type { EditableStacks } from "../editable-stacks.ts";
import { rehearse } from "../rehearsal.ts";

const enrolment = { imageDigest: `sha256:${"a1".repeat(32)}`, replicas: 4, requestsPerSecond: 10 };

/** Deploys a service's stack and waits for what CloudFormation would hear. */
const deployed = async (service: string, change: (stacks: EditableStacks) => void = () => {}) => {
	const { prepared, system, definition, registration } = await systemFor(service, change);
	const done = register(prepared.deployment, system.lambda, system.authority, registration).then(
		() => "registered",
		(error: unknown) => `failed: ${error}`,
	);
	await system.clock.run(system.clock.nowEpochMs() + 60_000);
	return { outcome: await done, system, definition };
};

const systemFor = async (service: string, change: (stacks: EditableStacks) => void) => {
	const prepared = await rehearse(change);
	return { prepared, system: makeSystem(prepared, 1), ...definitionIn(prepared.deployment, service) };
};

describe("a registration", () => {
	it.each(["checkout", "payments", "search"])(
		"given the stack of %s, publishes byte for byte what a world with that service holds",
		async (service) => {
			const { outcome, system, definition } = await deployed(service);
			const published = new Map(system.world.bucket.list("").map((key) => [key, system.world.bucket.get(key).body]));
			system.world.enrol(definition, enrolment);

			const enrolled = new Map(system.world.bucket.list("").map((key) => [key, system.world.bucket.get(key).body]));

			expect(outcome).toBe("registered");
			expect(published.size).toBeGreaterThanOrEqual(3);
			expect(published).toEqual(enrolled);
			system.stop();
		},
	);

	it("given alarms of a stack, the definition names them as they will be called", async () => {
		const { prepared, definition } = await systemFor("checkout", () => {});
		const names = prepared.deployment.alarms.map(({ properties }) => properties.AlarmName);

		expect(definition.alarmNames.length).toBeGreaterThan(0);
		expect(names).toEqual(expect.arrayContaining([...definition.alarmNames]));
	});

	it("given a service without a stack, says so", async () => {
		await expect(systemFor("billing", () => {})).rejects.toThrow(
			'No stack of the template registers the service "billing".',
		);
	});

	it.each<[string, (stacks: EditableStacks) => void, RegExp]>([
		[
			"a framework that may not invoke our function",
			(stacks) => stacks.forbid("RegistrarRole", "lambda:InvokeFunction"),
			/may not invoke .*register-service/,
		],
		[
			"a framework that does not know our function",
			(stacks) => stacks.unset("RegistrarProvider", "USER_ON_EVENT_FUNCTION_ARN"),
			/leads to no function of the template/,
		],
		[
			"a function that may not write",
			(stacks) => stacks.forbid("Functionsregisterservice", "s3:PutObject"),
			/not authorized to perform s3:PutObject/,
		],
		[
			"a function that may not use the key",
			(stacks) => stacks.forbid("Functionsregisterservice", "kms:GenerateDataKey"),
			/not authorized to perform kms:GenerateDataKey/,
		],
	])("given %s, the deployment of the service fails", async (_, change, message) => {
		const { outcome, system } = await deployed("checkout", change);

		expect(outcome).toMatch(message);
		expect(system.world.bucket.list("services/")).toEqual([]);
	});
});
