import { ECRClient } from "@aws-sdk/client-ecr";
import { describe, expect, it } from "vitest";
import { ecrImageRegistry } from "../../lib/adapters/ecr-image-registry.ts";
import { InvalidAwsCallError } from "../../lib/ports/errors.ts";
import { RegistryUnavailableError } from "../../lib/ports/image-registry.ts";
import { imageRegistryContract } from "../contracts/image-registry.contract.ts";
import { EcrProduct } from "./wire/ecr-product.ts";
import { refusalAnswer } from "./wire/json-product.ts";
import { lossyProduct } from "./wire/lossy-product.ts";
import { clientOptions, wireTo } from "./wire/wire.ts";

const repositoryName = "shop/checkout";

const setup = () => {
	const product = new EcrProduct(repositoryName);
	const lossy = lossyProduct(product.answer, () => false);
	const wire = wireTo(lossy.answer);
	return { product, lossy, wire, registry: ecrImageRegistry(new ECRClient(clientOptions(wire))) };
};

imageRegistryContract("ecrImageRegistry", async () => {
	const { product, lossy, registry } = setup();
	return {
		registry,
		repositoryName,
		push: async (images) => {
			for (const image of images) product.push(image);
		},
		failNextRead: lossy.failNextRead,
	};
});

const pushMany = (product: EcrProduct, count: number): void => {
	for (let index = 0; index < count; index++) {
		const imageDigest = `sha256:${index.toString(16).padStart(64, "0")}`;
		product.push({ imageDigest, tags: [`v${index}`], pushedAtEpochMs: 1_700_000_000_000 + index * 1_000 });
	}
};

describe("ecrImageRegistry", () => {
	it("given the newest image on the third page, finds it in pages of a thousand tagged images", async () => {
		const { product, wire, registry } = setup();
		pushMany(product, 2_001);

		const newest = await registry.newest(repositoryName, /^v\d+$/);

		expect(newest?.tag).toBe("v2000");
		expect(wire.requests.map((request) => JSON.parse(request.body))).toEqual([
			{ repositoryName, maxResults: 1_000, filter: { tagStatus: "TAGGED" } },
			{ repositoryName, maxResults: 1_000, filter: { tagStatus: "TAGGED" }, nextToken: "1000" },
			{ repositoryName, maxResults: 1_000, filter: { tagStatus: "TAGGED" }, nextToken: "2000" },
		]);
	});

	it("given more images than it may read, refuses to guess", async () => {
		const { wire, registry } = setup();
		const body = JSON.stringify({ imageDetails: [], nextToken: "more" });
		for (let page = 0; page < 10; page++) wire.answerNext({ status: 200, body });

		await expect(registry.newest(repositoryName, /^v\d+$/)).rejects.toThrow(RegistryUnavailableError);

		expect(wire.requests).toHaveLength(10);
	});

	it("given a missing permission, does not call it an empty repository", async () => {
		const { wire, registry } = setup();
		wire.answerNext(refusalAnswer("AccessDeniedException", "not authorized to perform: ecr:DescribeImages"));

		await expect(registry.newest(repositoryName, /^v\d+$/)).rejects.toThrow(InvalidAwsCallError);
	});
});
