import { describe, expect, it } from "vitest";
import {
	CatalogUnavailableError,
	InvalidDefinitionError,
	type ServiceCatalog,
} from "../../lib/ports/service-catalog.ts";
import { contractDefinition } from "./contract-definition.ts";

/** A fresh, empty catalog and what a test may do to it. */
export interface ServiceCatalogSetup {
	readonly catalog: ServiceCatalog;
	/** From now on the product answers nothing. */
	silence(): void;
}

const checkout = contractDefinition();
const search = contractDefinition({ service: "search", repositoryName: "shop/search", alarmNames: ["search errors"] });

const publications = (make: () => Promise<ServiceCatalogSetup>): void => {
	it("given a published definition, reads it back with its hash", async () => {
		const { catalog } = await make();

		const entry = await catalog.publish(checkout);

		expect(entry.hash).toMatch(/^[0-9a-f]{64}$/);
		expect(entry.definition).toEqual(checkout);
		expect(await catalog.read("checkout")).toEqual(entry);
	});

	it("given the same definition again, with its keys in another order, answers the same hash", async () => {
		const { catalog } = await make();
		const reordered = contractDefinition(Object.fromEntries(Object.entries(checkout).reverse()));

		const hashes = [await catalog.publish(checkout), await catalog.publish(reordered)].map(({ hash }) => hash);

		expect(hashes[0]).toBe(hashes[1]);
	});

	it("given a newer definition, reads that one and still knows the pinned one", async () => {
		const { catalog } = await make();
		const changed = contractDefinition({ windowSeconds: 900 });

		const first = await catalog.publish(checkout);
		const second = await catalog.publish(changed);

		expect(second.hash).not.toBe(first.hash);
		expect((await catalog.read("checkout")).definition).toEqual(changed);
		expect(await catalog.readPinned("checkout", first.hash)).toEqual(checkout);
		expect(await catalog.readPinned("checkout", second.hash)).toEqual(changed);
	});

	it("given names and hashes that were never published, refuses them by name", async () => {
		const { catalog } = await make();
		const { hash } = await catalog.publish(checkout);

		await expect(catalog.read("search")).rejects.toThrow(InvalidDefinitionError);
		await expect(catalog.readPinned("search", hash)).rejects.toThrow(InvalidDefinitionError);
		await expect(catalog.readPinned("checkout", "0".repeat(64))).rejects.toThrow(InvalidDefinitionError);
	});
};

const lookUps = (make: () => Promise<ServiceCatalogSetup>): void => {
	it("given an alarm of a service, answers its definition, and null for any other alarm", async () => {
		const { catalog } = await make();
		const strange = "Käufe/min < 5 % (EU)";
		await catalog.publish(contractDefinition({ alarmNames: ["checkout errors", strange] }));

		const found = await Promise.all(["checkout errors", strange, "billing"].map((name) => catalog.findByAlarm(name)));

		expect(found.map((definition) => definition?.service ?? null)).toEqual(["checkout", "checkout", null]);
	});

	it("given a changed definition, finds the changed one by alarm", async () => {
		const { catalog } = await make();
		await catalog.publish(checkout);
		await catalog.publish(contractDefinition({ windowSeconds: 900 }));

		const found = await catalog.findByAlarm("checkout errors");

		expect(found?.windowSeconds).toBe(900);
	});

	it("given services of several repositories, lists each of them once, under its own name", async () => {
		const { catalog } = await make();
		await catalog.publish(checkout);
		await catalog.publish(contractDefinition({ windowSeconds: 900 }));
		await catalog.publish(search);

		const names = await catalog.list();

		expect([...names].sort()).toEqual(["checkout", "search"]);
	});

	it("given no service, lists none", async () => {
		const { catalog } = await make();

		expect(await catalog.list()).toEqual([]);
	});

	it("given services that share a repository, names all of them and no other", async () => {
		const { catalog } = await make();
		await catalog.publish(checkout);
		await catalog.publish(contractDefinition({ service: "checkout-worker", alarmNames: [] }));
		await catalog.publish(
			contractDefinition({ service: "fraud", repositoryName: "shop/checkout-fraud", alarmNames: [] }),
		);

		const names = await catalog.findByRepository("shop/checkout");

		expect([...names].sort()).toEqual(["checkout", "checkout-worker"]);
		expect(await catalog.findByRepository("shop")).toEqual([]);
	});

	it("given a definition that drops an alarm and changes its repository, forgets the old look-ups", async () => {
		const { catalog } = await make();
		await catalog.publish(checkout);

		await catalog.publish(contractDefinition({ alarmNames: ["checkout p95"], repositoryName: "shop/till" }));

		expect(await catalog.findByAlarm("checkout errors")).toBeNull();
		expect((await catalog.findByAlarm("checkout p95"))?.service).toBe("checkout");
		expect(await catalog.findByRepository("shop/checkout")).toEqual([]);
		expect(await catalog.findByRepository("shop/till")).toEqual(["checkout"]);
	});

	it("given an alarm that moved to another service first, leaves it with that service", async () => {
		const { catalog } = await make();
		await catalog.publish(checkout);
		await catalog.publish({ ...search, alarmNames: ["checkout errors"] });

		await catalog.publish(contractDefinition({ alarmNames: [] }));

		expect((await catalog.findByAlarm("checkout errors"))?.service).toBe("search");
	});
};

const withdrawals = (make: () => Promise<ServiceCatalogSetup>): void => {
	it("given a withdrawn service, forgets it and its look-ups, but not what rollouts pinned", async () => {
		const { catalog } = await make();
		const { hash } = await catalog.publish(checkout);
		await catalog.publish(search);

		await catalog.withdraw("checkout");

		await expect(catalog.read("checkout")).rejects.toThrow(InvalidDefinitionError);
		expect(await catalog.findByAlarm("checkout errors")).toBeNull();
		expect(await catalog.findByRepository("shop/checkout")).toEqual([]);
		expect(await catalog.list()).toEqual(["search"]);
		expect(await catalog.readPinned("checkout", hash)).toEqual(checkout);
		expect((await catalog.read("search")).definition).toEqual(search);
	});

	it("given a service that is not there, withdraws it all the same", async () => {
		const { catalog } = await make();
		await catalog.publish(search);

		await catalog.withdraw("checkout");
		await catalog.withdraw("checkout");

		expect((await catalog.read("search")).definition).toEqual(search);
	});

	it("given a withdrawn service, publishes it anew", async () => {
		const { catalog } = await make();
		const { hash } = await catalog.publish(checkout);
		await catalog.withdraw("checkout");

		const entry = await catalog.publish(checkout);

		expect(entry.hash).toBe(hash);
		expect((await catalog.findByAlarm("checkout errors"))?.service).toBe("checkout");
	});
};

/** What every ServiceCatalog promises, whatever it keeps definitions in. */
export const serviceCatalogContract = (name: string, make: () => Promise<ServiceCatalogSetup>): void => {
	describe(`${name} as a ServiceCatalog`, () => {
		publications(make);
		lookUps(make);
		withdrawals(make);

		it("given a catalog that does not answer, says that it is unavailable", async () => {
			const { catalog, silence } = await make();
			silence();

			await expect(catalog.read("checkout")).rejects.toThrow(CatalogUnavailableError);
			await expect(catalog.readPinned("checkout", "0".repeat(64))).rejects.toThrow(CatalogUnavailableError);
			await expect(catalog.findByAlarm("checkout errors")).rejects.toThrow(CatalogUnavailableError);
			await expect(catalog.list()).rejects.toThrow(CatalogUnavailableError);
			await expect(catalog.findByRepository("shop/checkout")).rejects.toThrow(CatalogUnavailableError);
			await expect(catalog.publish(checkout)).rejects.toThrow(CatalogUnavailableError);
			await expect(catalog.withdraw("checkout")).rejects.toThrow(CatalogUnavailableError);
		});
	});
};
