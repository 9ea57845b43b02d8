import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../lib/adapters/canonical-json.ts";
import { catalogKeys as adapterKeys } from "../../../lib/adapters/catalog-keys.ts";
import { definitionHash } from "../../../lib/adapters/definition-hash.ts";
import { fakeServiceCatalog } from "../../../simulator/fakes/service-catalog.ts";
import { catalogKeys, catalogObjectsOf } from "../../../simulator/world/catalog-objects.ts";
import { contractDefinition } from "../../contracts/contract-definition.ts";
import { serviceCatalogContract } from "../../contracts/service-catalog.contract.ts";
import { makeStage } from "./stage.ts";

serviceCatalogContract("fakeServiceCatalog", async () => {
	const { world, caller } = makeStage();
	return { catalog: fakeServiceCatalog(world, caller, "sluice-catalog"), silence: () => caller.silence() };
});

describe("fakeServiceCatalog keeps the layout of the real adapter", () => {
	it("given a definition, hashes and writes it as the adapter does", () => {
		const definition = contractDefinition();

		const objects = catalogObjectsOf(definition);

		expect(objects.hash).toBe(definitionHash(definition));
		expect(objects.definitionText).toBe(canonicalJson(definition));
	});

	it("given names that need escaping, uses the adapter's keys", () => {
		expect(catalogKeys.pointer("checkout")).toBe(adapterKeys.pointer("checkout"));
		expect(catalogKeys.pointers).toBe(adapterKeys.pointers);
		expect(catalogKeys.definition("checkout", "ab12")).toBe(adapterKeys.definition("checkout", "ab12"));
		expect(catalogKeys.alarm("p95 > 3 s / EU")).toBe(adapterKeys.alarm("p95 > 3 s / EU"));
		expect(catalogKeys.repository("shop/till", "till")).toBe(adapterKeys.repository("shop/till", "till"));
	});
});

describe("fakeServiceCatalog on an enrolled service", () => {
	it("given an alarm, finds its service with one read", async () => {
		const { world, caller, definition, enrol } = makeStage();
		enrol();

		const found = await fakeServiceCatalog(world, caller, "sluice-catalog").findByAlarm("checkout errors");

		expect(found).toEqual(definition);
		expect(caller.operations).toEqual(["s3:GetObject"]);
	});

	it("given a pinned definition, reads it once per sandbox", async () => {
		const { world, caller, definition, enrol } = makeStage();
		enrol();
		const { hash } = catalogObjectsOf(definition);
		const catalog = fakeServiceCatalog(world, caller, "sluice-catalog");

		await catalog.readPinned("checkout", hash);
		await catalog.readPinned("checkout", hash);

		expect(caller.operations).toEqual(["s3:GetObject"]);
	});
});
