import { describe, expect, it } from "vitest";
import { type FunctionStage, functionStage } from "../function-stage.ts";
import { handlersOf } from "../handlers.ts";

type RequestType = "Create" | "Update" | "Delete";

/** What CDK's provider framework hands over: properties are strings, whatever they were. */
const requestOf = (type: RequestType, definition: object | string): object => ({
	RequestType: type,
	ResourceProperties: {
		ServiceToken: "arn:aws:lambda:eu-central-1:111122223333:function:provider",
		Definition: typeof definition === "string" ? definition : JSON.stringify(definition),
	},
});

const register = (stage: FunctionStage, type: RequestType, definition: object | string): Promise<unknown> =>
	stage.run(handlersOf(stage.ports).registerService, requestOf(type, definition));

const cart = (stage: FunctionStage) => ({ ...stage.definition, service: "cart", alarmNames: ["cart errors"] });

describe("registering a service", () => {
	it.each(["Create", "Update"] as const)("given a %s, makes the definition known under every look-up", async (type) => {
		const stage = functionStage();
		const { catalog } = stage.ports;

		const answer = await register(stage, type, cart(stage));

		const { hash, definition } = await catalog.read("cart");
		expect(answer).toEqual({ PhysicalResourceId: "sluice-service-cart", Data: { DefinitionHash: hash } });
		expect(definition).toEqual(cart(stage));
		expect(await catalog.findByAlarm("cart errors")).toEqual(cart(stage));
		expect(await catalog.findByRepository("shop/checkout")).toContain("cart");
	});

	it("given the same request again, answers the same", async () => {
		const stage = functionStage();
		const first = await register(stage, "Create", cart(stage));

		await expect(register(stage, "Create", cart(stage))).resolves.toEqual(first);
	});

	it("given a call that was lost, ends alike once it is repeated", async () => {
		const stage = functionStage();
		const isPut = (operation: string): boolean => operation === "s3:PutObject";
		stage.caller.failNext({ matches: isPut, moment: "after-effect" });
		await expect(register(stage, "Create", cart(stage))).rejects.toMatchObject({ name: "CatalogUnavailableError" });

		await register(stage, "Create", cart(stage));

		expect(await stage.ports.catalog.findByAlarm("cart errors")).toEqual(cart(stage));
	});

	it("given a changed definition, keeps the one that rollouts have pinned", async () => {
		const stage = functionStage();
		await register(stage, "Create", cart(stage));
		const { hash } = await stage.ports.catalog.read("cart");

		await register(stage, "Update", { ...cart(stage), windowSeconds: 60 });

		expect((await stage.ports.catalog.read("cart")).definition.windowSeconds).toBe(60);
		expect(await stage.ports.catalog.readPinned("cart", hash)).toEqual(cart(stage));
	});
});

describe("removing a service", () => {
	it("given a Delete, forgets it, and again without complaint", async () => {
		const stage = functionStage();
		await register(stage, "Create", cart(stage));

		const answers = [await register(stage, "Delete", cart(stage)), await register(stage, "Delete", cart(stage))];

		expect(answers).toEqual([
			{ PhysicalResourceId: "sluice-service-cart" },
			{ PhysicalResourceId: "sluice-service-cart" },
		]);
		await expect(stage.ports.catalog.read("cart")).rejects.toMatchObject({ name: "InvalidDefinitionError" });
	});

	it("given a service that was renamed, keeps the new name when the old one is removed", async () => {
		const stage = functionStage();
		await register(stage, "Create", cart(stage));
		await register(stage, "Update", { ...cart(stage), service: "basket" });

		await register(stage, "Delete", cart(stage));

		expect((await stage.ports.catalog.read("basket")).definition.service).toBe("basket");
		expect((await stage.ports.catalog.findByAlarm("cart errors"))?.service).toBe("basket");
	});

	it("given a definition that this version would no longer take, can be removed all the same", async () => {
		const stage = functionStage();
		await register(stage, "Create", cart(stage));

		const answer = await register(stage, "Delete", { ...cart(stage), drainSeconds: 1, somethingOld: true });

		expect(answer).toEqual({ PhysicalResourceId: "sluice-service-cart" });
		await expect(stage.ports.catalog.read("cart")).rejects.toMatchObject({ name: "InvalidDefinitionError" });
	});
});

describe("a request that is refused", () => {
	it.each([
		["text that is no JSON", "not json"],
		["a definition that lacks nearly everything", { service: "cart" }],
	])("given %s, says so by name and publishes nothing", async (_, definition) => {
		const stage = functionStage();

		await expect(register(stage, "Create", definition)).rejects.toMatchObject({ name: "InvalidEventError" });

		expect(stage.caller.operations).toEqual([]);
	});

	it("given a field that is out of bounds, names its path", async () => {
		const stage = functionStage();

		await expect(register(stage, "Update", { ...cart(stage), drainSeconds: 10 })).rejects.toMatchObject({
			message: expect.stringContaining("drainSeconds"),
		});
	});

	it("given too little time, publishes nothing", async () => {
		const stage = functionStage();

		const late = stage.run(handlersOf(stage.ports).registerService, requestOf("Create", cart(stage)), 1_000);

		await expect(late).rejects.toMatchObject({ name: "DeadlineUnavailableError" });
		expect(stage.caller.operations).toEqual([]);
	});
});
