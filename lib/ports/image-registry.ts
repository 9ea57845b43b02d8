import { UnavailableError } from "./errors.ts";

export class RegistryUnavailableError extends UnavailableError {
	override readonly name = "RegistryUnavailableError";
}

export interface Image {
	/** Digest that the tag points at: of the index for a multi-architecture image. */
	readonly imageDigest: string;
	readonly tag: string;
	readonly pushedAtEpochMs: number;
}

/** An image that was asked for by its digest; it may have lost its tag. */
export type FoundImage = Omit<Image, "tag"> & { readonly tag?: string };

/** What the registry holds now. A push event is a hint; this is the truth (D10). */
export interface ImageRegistry {
	/** The most recently pushed image with a tag that matches; null where there is none. */
	newest(repositoryName: string, tagPattern: RegExp): Promise<Image | null>;
	/** The image of a digest, tagged or not; null where the repository does not hold it. */
	find(repositoryName: string, imageDigest: string): Promise<FoundImage | null>;
}
