/** What is rolled out. Identity is the digest: tags move, digests do not. */
export interface Release {
	/** First 12 hexadecimal digits of the digest: short enough to say aloud, long enough to be unique in a repository. */
	readonly id: string;
	/** `sha256:` and 64 hexadecimal digits. */
	readonly imageDigest: string;
	/** The tag it was pushed with, for people only; never used to pull. */
	readonly tag?: string;
}

/** Raised where a digest is not `sha256:` and 64 hexadecimal digits. Never worth a retry. */
export class InvalidDigestError extends Error {
	override readonly name = "InvalidDigestError";
	constructor(digest: string) {
		super(`Image digest "${digest}" is not valid: allowed is "sha256:" followed by 64 hexadecimal digits.`);
	}
}

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * The release that a digest stands for.
 * @throws InvalidDigestError when the digest is malformed.
 */
export const releaseOf = (imageDigest: string, tag?: string): Release => {
	if (!digestPattern.test(imageDigest)) throw new InvalidDigestError(imageDigest);
	const id = imageDigest.slice("sha256:".length, "sha256:".length + 12);
	return tag === undefined ? { id, imageDigest } : { id, imageDigest, tag };
};
