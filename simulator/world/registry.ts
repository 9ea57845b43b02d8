import type { EventContent } from "../events/bus-event.ts";
import { Refusal } from "./refusal.ts";

/** An image as DescribeImages has it. */
export interface StoredImage {
	readonly imageDigest: string;
	/** Tags that point at it now, oldest first; none for the parts of a multi-architecture image. */
	readonly tags: readonly string[];
	readonly pushedAtEpochMs: number;
}

export interface RegistryOptions {
	readonly region: string;
	readonly account: string;
	/** Sends an event to a bus. */
	emit(busName: string, event: EventContent): void;
}

/**
 * Amazon ECR: repositories with mutable tags. A pushed tag moves to the pushed image; pushing an image that is there
 * already adds the tag and leaves its time of push. Assumption for the latter: the API's documentation is silent.
 */
export class Registry {
	readonly #options: RegistryOptions;
	readonly #repositories = new Map<string, Map<string, StoredImage>>();

	constructor(options: RegistryOptions) {
		this.#options = options;
	}

	createRepository(repositoryName: string): void {
		if (!this.#repositories.has(repositoryName)) this.#repositories.set(repositoryName, new Map());
	}

	/** Stores an image and says nothing, as if it had been there for long. @throws Refusal RepositoryNotFoundException. */
	store(repositoryName: string, tag: string | null, imageDigest: string, atEpochMs: number): void {
		const images = this.#images(repositoryName);
		for (const image of images.values()) {
			if (tag === null || !image.tags.includes(tag)) continue;
			images.set(image.imageDigest, { ...image, tags: image.tags.filter((name) => name !== tag) });
		}
		const present = images.get(imageDigest) ?? { imageDigest, tags: [], pushedAtEpochMs: atEpochMs };
		images.set(imageDigest, { ...present, tags: tag === null ? present.tags : [...present.tags, tag] });
	}

	/** Stores an image and sends the push event. @throws Refusal RepositoryNotFoundException. */
	push(repositoryName: string, tag: string | null, imageDigest: string, atEpochMs: number): void {
		this.store(repositoryName, tag, imageDigest, atEpochMs);
		const { region, account, emit } = this.#options;
		emit("default", {
			source: "aws.ecr",
			detailType: "ECR Image Action",
			account,
			region,
			detail: {
				result: "SUCCESS",
				"repository-name": repositoryName,
				"image-digest": imageDigest,
				"action-type": "PUSH",
				...(tag !== null && { "image-tag": tag }),
			},
			atEpochMs,
		});
	}

	/** All images, in the order of their first push. @throws Refusal RepositoryNotFoundException. */
	describeImages(repositoryName: string): readonly StoredImage[] {
		return [...this.#images(repositoryName).values()];
	}

	#images(repositoryName: string): Map<string, StoredImage> {
		const images = this.#repositories.get(repositoryName);
		if (images !== undefined) return images;
		throw new Refusal("RepositoryNotFoundException", `Repository "${repositoryName}" does not exist.`);
	}
}
