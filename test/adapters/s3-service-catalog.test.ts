import { S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { definitionHash } from "../../lib/adapters/definition-hash.ts";
import { s3ServiceCatalog } from "../../lib/adapters/s3-service-catalog.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { CatalogUnavailableError, InvalidDefinitionError } from "../../lib/ports/service-catalog.ts";
import { contractDefinition } from "../contracts/contract-definition.ts";
import { serviceCatalogContract } from "../contracts/service-catalog.contract.ts";
import { S3Product, s3Refusal } from "./wire/s3-product.ts";
import { clientOptions, type WireRequest, wireTo } from "./wire/wire.ts";

const setup = (before: (request: WireRequest) => void = () => undefined) => {
	const product = new S3Product("sluice-catalog");
	const wire = wireTo((request) => {
		before(request);
		return product.answer(request);
	});
	const catalog = s3ServiceCatalog(new S3Client(clientOptions(wire)), "sluice-catalog");
	return { product, wire, catalog };
};

serviceCatalogContract("s3ServiceCatalog", async () => {
	const { wire, catalog } = setup();
	return { catalog, silence: () => wire.silence() };
});

const definition = contractDefinition();
const moved = contractDefinition({ repositoryName: "shop/till", alarmNames: ["checkout p95"] });

describe("s3ServiceCatalog", () => {
	it("given a publication, lays objects out by content, alarm, repository and service, the pointer last", async () => {
		const { product, catalog } = setup();

		const { hash } = await catalog.publish(definition);

		expect([...product.objects.keys()]).toEqual([
			`definitions/checkout/${hash}.json`,
			"by-alarm/checkout%20errors.json",
			"by-repository/shop%2Fcheckout/checkout",
			"services/checkout.json",
		]);
		expect(JSON.parse(product.objects.get("by-alarm/checkout%20errors.json") ?? "")).toEqual(definition);
	});

	it("given an alarm's name, reads one object and nothing else", async () => {
		const { wire, catalog } = setup();
		await catalog.publish(definition);
		const before = wire.requests.length;

		await catalog.findByAlarm("checkout errors");

		expect(wire.requests.slice(before).map(({ method }) => method)).toEqual(["GET"]);
	});

	it("given a publication that is cut short anywhere, leaves no stale look-up once it is repeated", async () => {
		const whole = setup();
		await whole.catalog.publish(definition);
		const first = whole.wire.requests.length;
		await whole.catalog.publish(moved);
		const settled = [...whole.product.objects.keys()].sort();
		const calls = whole.wire.requests.length - first;

		for (let cut = 0; cut < calls; cut++) {
			const { product, wire, catalog } = setup();
			await catalog.publish(definition);
			wire.silenceAfter(cut);
			await expect(catalog.publish(moved)).rejects.toThrow(CatalogUnavailableError);
			wire.recover();

			await catalog.publish(moved);

			expect([...product.objects.keys()].sort()).toEqual(settled);
		}
	});

	it("given a publication that is cut short anywhere and taken back, finds nothing by what it would have added", async () => {
		for (let cut = 0; cut < 9; cut++) {
			const { wire, catalog } = setup();
			await catalog.publish(definition);
			wire.silenceAfter(cut);
			await catalog.publish(moved).catch(() => undefined);
			wire.recover();

			await catalog.publish(definition);

			expect(await catalog.findByAlarm("checkout p95")).toBeNull();
			expect(await catalog.findByRepository("shop/till")).toEqual([]);
			expect((await catalog.read("checkout")).definition).toEqual(definition);
			expect((await catalog.findByAlarm("checkout errors"))?.service).toBe("checkout");
		}
	});

	it("given an alarm that another service claims just before its old look-up is deleted, leaves the new one", async () => {
		const { product, catalog } = setup((request) => {
			if (request.method === "DELETE")
				product.objects.set("by-alarm/checkout%20errors.json", JSON.stringify({ ...definition, service: "search" }));
		});
		await catalog.publish(definition);

		await catalog.publish(contractDefinition({ alarmNames: [] }));

		expect((await catalog.findByAlarm("checkout errors"))?.service).toBe("search");
	});

	it("given a pinned definition, reads it once per sandbox", async () => {
		const { wire, catalog } = setup();
		const { hash } = await catalog.publish(definition);
		await catalog.readPinned("checkout", hash);
		wire.silence();

		expect(await catalog.readPinned("checkout", hash)).toEqual(definition);
	});

	it("given more pinned definitions than it remembers, reads the oldest again", async () => {
		const { product, wire, catalog } = setup();
		const hashes = Array.from({ length: 201 }, (_, index) => {
			const version = contractDefinition({ windowSeconds: index });
			product.objects.set(`definitions/checkout/${definitionHash(version)}.json`, JSON.stringify(version));
			return definitionHash(version);
		});
		for (const hash of hashes) await catalog.readPinned("checkout", hash);
		wire.silence();

		await expect(catalog.readPinned("checkout", hashes[0] ?? "")).rejects.toThrow(CatalogUnavailableError);
		expect((await catalog.readPinned("checkout", hashes[1] ?? "")).windowSeconds).toBe(1);
	});

	it("given a pinned definition that was edited in the bucket, refuses it", async () => {
		const { product, catalog } = setup();
		const { hash } = await catalog.publish(definition);
		product.objects.set(`definitions/checkout/${hash}.json`, JSON.stringify({ ...definition, windowSeconds: 1 }));

		await expect(catalog.readPinned("checkout", hash)).rejects.toThrow(InvalidDefinitionError);
	});

	it.each([
		["text that is no JSON", "{"],
		["an object that is no definition", JSON.stringify({ service: "checkout" })],
	])("given %s, refuses to take it for a definition", async (_, text) => {
		const { product, catalog } = setup();
		product.objects.set("services/checkout.json", text);
		product.objects.set("by-alarm/checkout%20errors.json", text);

		await expect(catalog.read("checkout")).rejects.toThrow(InvalidDefinitionError);
		await expect(catalog.findByAlarm("checkout errors")).rejects.toThrow(InvalidDefinitionError);
	});

	it("given a definition that nobody could read back, does not publish it", async () => {
		const { product, catalog } = setup();

		await expect(catalog.publish(contractDefinition({ drainSeconds: 10 }))).rejects.toThrow(InvalidDefinitionError);

		expect(product.objects.size).toBe(0);
	});

	it("given an earlier pointer whose definition is not readable any more, publishes over it", async () => {
		const { product, catalog } = setup();
		product.objects.set(
			"services/checkout.json",
			JSON.stringify({ definition: {}, lookUps: ["by-repository/old/checkout"] }),
		);
		product.objects.set("by-repository/old/checkout", "");

		await catalog.publish(definition);

		expect((await catalog.read("checkout")).definition).toEqual(definition);
		expect(await catalog.findByRepository("old")).toEqual([]);
	});

	it("given more services of a repository than one page holds, names all of them", async () => {
		const { product, catalog } = setup();
		product.pageSize = 2;
		const names = ["a", "b", "c", "d", "e"];
		for (const service of names) product.objects.set(`by-repository/shop%2Fcheckout/${service}`, "");

		expect(await catalog.findByRepository("shop/checkout")).toEqual(names);
	});

	it("given more services than one page holds, lists all of them and nothing else of the bucket", async () => {
		const { product, wire, catalog } = setup();
		product.pageSize = 2;
		const names = ["a", "b", "c", "d", "e"];
		for (const service of names) await catalog.publish(contractDefinition({ service, alarmNames: [] }));
		const before = wire.requests.length;

		const listed = await catalog.list();

		expect(listed).toEqual(names);
		expect(wire.requests.slice(before).map(({ query }) => query.prefix)).toEqual(Array(3).fill("services/"));
	});

	it("given a service whose name is escaped in its key, lists the name", async () => {
		const { product, catalog } = setup();
		product.objects.set("services/check%20out.json", "");

		expect(await catalog.list()).toEqual(["check out"]);
	});

	it.each([
		[503, "SlowDown", CatalogUnavailableError],
		[500, "InternalError", CatalogUnavailableError],
		[400, "RequestTimeout", CatalogUnavailableError],
		[403, "AccessDenied", InvalidAwsCallError],
		[404, "NoSuchBucket", InvalidAwsCallError],
	])("given %i %s, throws the family that says whether to retry", async (status, code, family) => {
		const { wire, catalog } = setup();
		for (let call = 0; call < 3; call++) wire.answerNext(s3Refusal(status, code));

		await expect(catalog.read("checkout")).rejects.toThrow(family);
		await expect(catalog.list()).rejects.toThrow(family);
		await expect(catalog.findByRepository("shop/checkout")).rejects.toThrow(family);
	});
});
