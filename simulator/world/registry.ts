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
	/** Does something when CloudTrail tells of what happened now: minutes later. */
	whenTold(tell: () => void): void;
}

/** Who pushes where nothing else is said: a pipeline, whose session is no person's. */
const pipeline = "AROAPIPELINE:build-4711";

/**
 * Amazon ECR: repositories with mutable tags. A pushed tag moves to the pushed image; pushing an image that is there
 * already adds the tag and leaves its time of push. Assumption for the latter: the API's documentation is silent.
 */
export class Registry {
	readonly #options: RegistryOptions;
	readonly #repositories = new Map<string, Map<string, StoredImage>>();
	/** Who gave an image its first tag, by digest. */
	readonly #pushers = new Map<string, string>();

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

	/** Stores an image and sends the push event; CloudTrail says who it was. @throws Refusal RepositoryNotFoundException. */
	push(repositoryName: string, tag: string | null, imageDigest: string, atEpochMs: number, by = pipeline): void {
		this.store(repositoryName, tag, imageDigest, atEpochMs);
		if (tag !== null && !this.#pushers.has(imageDigest)) this.#pushers.set(imageDigest, by);
		const { region, account, emit, whenTold } = this.#options;
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
		whenTold(() =>
			emit("default", {
				source: "aws.ecr",
				detailType: "AWS API Call via CloudTrail",
				account,
				region,
				detail: {
					eventSource: "ecr.amazonaws.com",
					eventName: "PutImage",
					userIdentity: { type: "AssumedRole", principalId: by },
					responseElements: {
						image: { repositoryName, imageId: { imageDigest, ...(tag !== null && { imageTag: tag }) } },
					},
				},
				atEpochMs,
			}),
		);
	}

	/** Who pushed an image, which ECR itself does not say; for those who look on from outside. */
	pusherOf(imageDigest: string): string | undefined {
		return this.#pushers.get(imageDigest);
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
