import {
	DescribeImagesCommand,
	type DescribeImagesCommandOutput,
	type ECRClient,
	ImageNotFoundException,
	RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import { type Image, type ImageRegistry, RegistryUnavailableError } from "../ports/image-registry.ts";
import { failureOf } from "./aws-failure.ts";

const pageSize = 1_000;
const maxPages = 10;

/** Whether an image takes precedence: pushed later; in the same second, by tag and then by digest, so that all callers agree. */
const isNewer = (candidate: Image, best: Image): boolean => {
	if (candidate.pushedAtEpochMs !== best.pushedAtEpochMs) return candidate.pushedAtEpochMs > best.pushedAtEpochMs;
	if (candidate.tag !== best.tag) return candidate.tag > best.tag;
	return candidate.imageDigest > best.imageDigest;
};

const describePage = async (
	client: ECRClient,
	repositoryName: string,
	nextToken: string | undefined,
): Promise<Pick<DescribeImagesCommandOutput, "imageDetails" | "nextToken">> => {
	try {
		const filter = { tagStatus: "TAGGED" } as const;
		return await client.send(new DescribeImagesCommand({ repositoryName, filter, maxResults: pageSize, nextToken }));
	} catch (error) {
		if (error instanceof RepositoryNotFoundException) return {};
		throw failureOf("DescribeImages", error, RegistryUnavailableError);
	}
};

/**
 * Images of a private ECR repository. ECR answers them in no order, so the newest is known only after the last page:
 * a repository with more than 10,000 tagged images is refused, because a guess could deploy an old release.
 */
export const ecrImageRegistry = (client: ECRClient): ImageRegistry => ({
	newest: async (repositoryName, tagPattern) => {
		let best: Image | null = null;
		let nextToken: string | undefined;
		for (let page = 0; page < maxPages; page++) {
			const answer = await describePage(client, repositoryName, nextToken);
			for (const { imageDigest, imagePushedAt, imageTags } of answer.imageDetails ?? []) {
				if (imageDigest === undefined || imagePushedAt === undefined) continue;
				// `search` has no memory, where `test` with a global pattern goes on from its last match.
				for (const tag of imageTags?.filter((name) => name.search(tagPattern) >= 0) ?? []) {
					const image: Image = { imageDigest, tag, pushedAtEpochMs: imagePushedAt.getTime() };
					if (best === null || isNewer(image, best)) best = image;
				}
			}
			nextToken = answer.nextToken;
			if (nextToken === undefined) return best;
		}
		throw new RegistryUnavailableError(
			`Repository ${repositoryName} holds more than ${pageSize * maxPages} tagged images: give it a lifecycle policy.`,
		);
	},
	find: async (repositoryName, imageDigest) => {
		try {
			const request = new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest }] });
			const [found] = (await client.send(request)).imageDetails ?? [];
			if (found?.imagePushedAt === undefined) return null;
			const tag = found.imageTags?.toSorted().at(-1);
			return { imageDigest, pushedAtEpochMs: found.imagePushedAt.getTime(), ...(tag !== undefined && { tag }) };
		} catch (error) {
			if (error instanceof RepositoryNotFoundException || error instanceof ImageNotFoundException) return null;
			throw failureOf("DescribeImages", error, RegistryUnavailableError);
		}
	},
});
