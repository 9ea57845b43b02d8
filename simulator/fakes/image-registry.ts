import { type Image, type ImageRegistry, RegistryUnavailableError } from "../../lib/ports/image-registry.ts";
import type { Caller } from "../kernel/caller.ts";
import { isRefusal } from "../world/refusal.ts";
import type { StoredImage } from "../world/registry.ts";
import type { World } from "../world/world.ts";
import { failureOf } from "./call-failure.ts";

const isNewer = (candidate: Image, best: Image): boolean => {
	if (candidate.pushedAtEpochMs !== best.pushedAtEpochMs) return candidate.pushedAtEpochMs > best.pushedAtEpochMs;
	if (candidate.tag !== best.tag) return candidate.tag > best.tag;
	return candidate.imageDigest > best.imageDigest;
};

const newestOf = (images: readonly StoredImage[], tagPattern: RegExp): Image | null => {
	let best: Image | null = null;
	for (const { imageDigest, tags, pushedAtEpochMs } of images) {
		for (const tag of tags) {
			// `search` has no memory, where `test` with a global pattern goes on from its last match.
			if (tag.search(tagPattern) < 0) continue;
			const image: Image = { imageDigest, tag, pushedAtEpochMs };
			if (best === null || isNewer(image, best)) best = image;
		}
	}
	return best;
};

/** The registry through one DescribeImages: repositories here are smaller than a page. */
export const fakeImageRegistry = (world: Pick<World, "registry" | "arns">, caller: Caller): ImageRegistry => ({
	newest: async (repositoryName, tagPattern) => {
		const call = { operation: "ecr:DescribeImages", resource: world.arns.repository(repositoryName) };
		try {
			return newestOf(await caller.call(call, () => world.registry.describeImages(repositoryName)), tagPattern);
		} catch (error) {
			if (isRefusal(error, "RepositoryNotFoundException")) return null;
			throw failureOf("DescribeImages", error, RegistryUnavailableError);
		}
	},
	find: async (repositoryName, imageDigest) => {
		const call = { operation: "ecr:DescribeImages", resource: world.arns.repository(repositoryName) };
		try {
			const images = await caller.call(call, () => world.registry.describeImages(repositoryName));
			const found = images.find((image) => image.imageDigest === imageDigest);
			if (found === undefined) return null;
			const tag = found.tags.toSorted().at(-1);
			return { imageDigest, pushedAtEpochMs: found.pushedAtEpochMs, ...(tag !== undefined && { tag }) };
		} catch (error) {
			if (isRefusal(error, "RepositoryNotFoundException")) return null;
			throw failureOf("DescribeImages", error, RegistryUnavailableError);
		}
	},
});
