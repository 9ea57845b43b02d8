import type { StoredImage } from "../../contracts/image-registry.contract.ts";
import { JsonRefusal, jsonProduct } from "./json-product.ts";

interface DescribeImages {
	readonly repositoryName: string;
	readonly maxResults?: number;
	readonly nextToken?: string;
	readonly filter?: { readonly tagStatus?: string };
	readonly imageIds?: readonly { readonly imageDigest: string }[];
}

/** One repository of ECR, as it looks from the wire. Images come in no useful order: here, as they were pushed. */
export class EcrProduct {
	readonly #repositoryName: string;
	#images: readonly StoredImage[] = [];

	constructor(repositoryName: string) {
		this.#repositoryName = repositoryName;
	}

	readonly answer = jsonProduct("AmazonEC2ContainerRegistry_V20150921", "1.1", {
		DescribeImages: (input) => this.#describe(input as unknown as DescribeImages),
	});

	/** Stores an image; its tags leave the images that had them. */
	push(image: StoredImage): void {
		const others = this.#images.map((other) => ({
			...other,
			tags: other.tags.filter((tag) => !image.tags.includes(tag)),
		}));
		this.#images = [...others, image];
	}

	#describe({ repositoryName, maxResults = 100, nextToken = "0", filter, imageIds }: DescribeImages): object {
		if (repositoryName !== this.#repositoryName)
			throw new JsonRefusal("RepositoryNotFoundException", `The repository '${repositoryName}' does not exist`);
		if (maxResults > 1_000) throw new JsonRefusal("InvalidParameterException", "maxResults must not exceed 1000");
		const wanted = (image: StoredImage): boolean =>
			imageIds === undefined || imageIds.some(({ imageDigest }) => imageDigest === image.imageDigest);
		if (imageIds !== undefined && !this.#images.some(wanted))
			throw new JsonRefusal("ImageNotFoundException", "The image does not exist within the repository");
		const matching = this.#images
			.filter(wanted)
			.filter((image) => filter?.tagStatus !== "TAGGED" || image.tags.length > 0);
		const from = Number(nextToken);
		const to = from + maxResults;
		const imageDetails = matching.slice(from, to).map((image) => ({
			repositoryName,
			imageDigest: image.imageDigest,
			...(image.tags.length > 0 && { imageTags: image.tags }),
			imagePushedAt: image.pushedAtEpochMs / 1_000,
		}));
		return { imageDetails, ...(to < matching.length && { nextToken: String(to) }) };
	}
}
