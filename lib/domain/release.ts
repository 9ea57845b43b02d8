import { createHash } from "node:crypto";

/**
 * What is rolled out: an image, and the pod template with the configuration that it refers to (D2).
 * Tags move; digests and hashes of content do not.
 */
export interface Release {
	/** Twelve hexadecimal digits, short enough to say aloud: of the digest alone where no content is known, else of both. */
	readonly id: string;
	/** `sha256:` and 64 hexadecimal digits. */
	readonly imageDigest: string;
	/** The tag it was pushed with, for people only; never used to pull. */
	readonly tag?: string;
	/** SHA-256 of all else that its slot gets, 64 hexadecimal digits; absent where it was released without. */
	readonly contentHash?: string;
}

/** Raised where a digest is not `sha256:` and 64 hexadecimal digits. Never worth a retry. */
export class InvalidDigestError extends Error {
	override readonly name = "InvalidDigestError";
	constructor(digest: string) {
		super(`Image digest "${digest}" is not valid: allowed is "sha256:" followed by 64 hexadecimal digits.`);
	}
}

/** Raised where a hash of content is not 64 hexadecimal digits. Never worth a retry. */
export class InvalidContentHashError extends Error {
	override readonly name = "InvalidContentHashError";
	constructor(contentHash: string) {
		super(`Content hash "${contentHash}" is not valid: allowed are 64 hexadecimal digits.`);
	}
}

const digestPattern = /^sha256:[0-9a-f]{64}$/;
const contentHashPattern = /^[0-9a-f]{64}$/;
const idDigits = 12;

const idOf = (imageDigest: string, contentHash: string | undefined): string =>
	contentHash === undefined
		? imageIdOf({ imageDigest })
		: createHash("sha256").update(`${imageDigest}${contentHash}`).digest("hex").slice(0, idDigits);

/** The image's own name among a service's: first twelve digits of its digest, the same whatever it is configured with. */
export const imageIdOf = ({ imageDigest }: Pick<Release, "imageDigest">): string =>
	imageDigest.slice("sha256:".length, "sha256:".length + idDigits);

/**
 * The release that an image stands for, together with the content that its slot gets where that is known.
 * @throws InvalidDigestError, InvalidContentHashError when one of them is malformed.
 */
export const releaseOf = (imageDigest: string, tag?: string, contentHash?: string): Release => {
	if (!digestPattern.test(imageDigest)) throw new InvalidDigestError(imageDigest);
	if (contentHash !== undefined && !contentHashPattern.test(contentHash))
		throw new InvalidContentHashError(contentHash);
	return {
		id: idOf(imageDigest, contentHash),
		imageDigest,
		...(tag !== undefined && { tag }),
		...(contentHash !== undefined && { contentHash }),
	};
};

/** Whether both are one release: the same image with the same content. */
export const isSameRelease = (a: Release | undefined, b: Release): boolean => a?.id === b.id;
