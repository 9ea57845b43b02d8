import { describe, expect, it } from "vitest";
import { type ImageRegistry, RegistryUnavailableError } from "../../lib/ports/image-registry.ts";

/** One image as it lies in the registry; no tags for the parts of a multi-architecture image. */
export interface StoredImage {
	readonly imageDigest: string;
	readonly tags: readonly string[];
	readonly pushedAtEpochMs: number;
}

/** What a runner must be able to do to the registry. At the start the repository exists and is empty. */
export interface ImageRegistrySetup {
	readonly registry: ImageRegistry;
	readonly repositoryName: string;
	/** Stores images; a tag that another image had moves to the newer one. */
	push(images: readonly StoredImage[]): Promise<void>;
	/** The next call gets no answer. */
	failNextRead(): void;
}

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const release = /^v\d+$/;

/** What every ImageRegistry promises. */
export const imageRegistryContract = (name: string, make: () => Promise<ImageRegistrySetup>): void => {
	describe(`${name} keeps the contract of ImageRegistry`, () => {
		describe("finding", () => itFinds(make));
		describe("choosing", () => itChooses(make));
		describe("finding by digest", () => itFindsByDigest(make));
	});
};

const itFinds = (make: () => Promise<ImageRegistrySetup>): void => {
	it("given an empty repository, finds nothing", async () => {
		const { registry, repositoryName } = await make();

		expect(await registry.newest(repositoryName, release)).toBeNull();
	});

	it("given a repository that does not exist, finds nothing", async () => {
		const { registry } = await make();

		expect(await registry.newest("never-created", release)).toBeNull();
	});

	it("given no answer, says that it is unavailable", async () => {
		const { registry, repositoryName, failNextRead } = await make();
		failNextRead();

		await expect(registry.newest(repositoryName, release)).rejects.toThrow(RegistryUnavailableError);
	});
};

const itFindsByDigest = (make: () => Promise<ImageRegistrySetup>): void => {
	it("given an image that is there, answers it with a tag that it has, whatever the pattern of releases", async () => {
		const { registry, repositoryName, push } = await make();
		await push([
			{ imageDigest: digest("a"), tags: ["nightly", "v1"], pushedAtEpochMs: 1_000_000 },
			{ imageDigest: digest("b"), tags: ["v2"], pushedAtEpochMs: 2_000_000 },
		]);

		const found = await registry.find(repositoryName, digest("a"));

		expect(found).toEqual({ imageDigest: digest("a"), tag: "v1", pushedAtEpochMs: 1_000_000 });
	});

	it("given an image that has lost its tag, or is part of another, answers it without", async () => {
		const { registry, repositoryName, push } = await make();
		await push([
			{ imageDigest: digest("a"), tags: ["v1"], pushedAtEpochMs: 1_000_000 },
			{ imageDigest: digest("b"), tags: [], pushedAtEpochMs: 1_000_000 },
		]);
		await push([{ imageDigest: digest("c"), tags: ["v1"], pushedAtEpochMs: 2_000_000 }]);

		for (const lost of ["a", "b"])
			expect(await registry.find(repositoryName, digest(lost))).toEqual({
				imageDigest: digest(lost),
				pushedAtEpochMs: 1_000_000,
			});
	});

	it("given an image or a repository that is not there, answers nothing", async () => {
		const { registry, repositoryName, push } = await make();
		await push([{ imageDigest: digest("a"), tags: ["v1"], pushedAtEpochMs: 1_000_000 }]);

		expect(await registry.find(repositoryName, digest("b"))).toBeNull();
		expect(await registry.find("never-created", digest("a"))).toBeNull();
	});

	it("given no answer, says that it is unavailable", async () => {
		const { registry, repositoryName, failNextRead } = await make();
		failNextRead();

		await expect(registry.find(repositoryName, digest("a"))).rejects.toThrow(RegistryUnavailableError);
	});
};

const itChooses = (make: () => Promise<ImageRegistrySetup>): void => {
	it("given several matching images in any order, answers the one pushed last", async () => {
		const { registry, repositoryName, push } = await make();
		await push([
			{ imageDigest: digest("a"), tags: ["v9"], pushedAtEpochMs: 1_000_000 },
			{ imageDigest: digest("b"), tags: ["v10"], pushedAtEpochMs: 3_000_000 },
			{ imageDigest: digest("c"), tags: ["v11"], pushedAtEpochMs: 2_000_000 },
		]);

		const newest = await registry.newest(repositoryName, release);

		expect(newest).toEqual({ imageDigest: digest("b"), tag: "v10", pushedAtEpochMs: 3_000_000 });
	});

	it("given newer images without a tag or with other tags, does not see them", async () => {
		const { registry, repositoryName, push } = await make();
		await push([
			{ imageDigest: digest("a"), tags: ["latest", "v1"], pushedAtEpochMs: 1_000_000 },
			{ imageDigest: digest("b"), tags: [], pushedAtEpochMs: 2_000_000 },
			{ imageDigest: digest("c"), tags: ["nightly"], pushedAtEpochMs: 3_000_000 },
		]);

		const newest = await registry.newest(repositoryName, release);

		expect(newest).toEqual({ imageDigest: digest("a"), tag: "v1", pushedAtEpochMs: 1_000_000 });
	});

	it("given a tag that moved, answers the image that has it now", async () => {
		const { registry, repositoryName, push } = await make();
		await push([{ imageDigest: digest("a"), tags: ["v1"], pushedAtEpochMs: 1_000_000 }]);
		await push([{ imageDigest: digest("b"), tags: ["v1"], pushedAtEpochMs: 2_000_000 }]);

		expect((await registry.newest(repositoryName, release))?.imageDigest).toBe(digest("b"));
	});

	it("given images of the same second, answers the highest tag, whatever the order", async () => {
		const forward = await make();
		const backward = await make();
		const images = ["v1", "v3", "v2"].map((tag, index) => ({
			imageDigest: digest(String(index)),
			tags: [tag],
			pushedAtEpochMs: 1_000_000,
		}));
		await forward.push(images);
		await backward.push([...images].reverse());

		expect((await forward.registry.newest(forward.repositoryName, release))?.tag).toBe("v3");
		expect((await backward.registry.newest(backward.repositoryName, release))?.tag).toBe("v3");
	});

	it("given a pattern that remembers where it stopped, answers the same each time", async () => {
		const { registry, repositoryName, push } = await make();
		await push([{ imageDigest: digest("a"), tags: ["v1"], pushedAtEpochMs: 1_000_000 }]);
		const stateful = /^v\d+$/g;

		const first = await registry.newest(repositoryName, stateful);
		const second = await registry.newest(repositoryName, stateful);

		expect(first?.tag).toBe("v1");
		expect(second).toEqual(first);
	});
};
