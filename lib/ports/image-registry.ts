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

/** What the registry holds now. A push event is a hint; this is the truth (D10). */
export interface ImageRegistry {
	/** The most recently pushed image with a tag that matches; null where there is none. */
	newest(repositoryName: string, tagPattern: RegExp): Promise<Image | null>;
}
