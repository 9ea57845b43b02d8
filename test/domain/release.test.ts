import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
	InvalidContentHashError,
	InvalidDigestError,
	imageIdOf,
	isSameRelease,
	releaseOf,
} from "../../lib/domain/release.ts";

const digest = `sha256:0123456789ab${"c".repeat(52)}`;

describe("releaseOf", () => {
	it("given a digest, names the release by its first twelve digits", () => {
		expect(releaseOf(digest)).toStrictEqual({ id: "0123456789ab", imageDigest: digest });
	});

	it("given a tag as well, keeps it for people", () => {
		expect(releaseOf(digest, "v1")).toStrictEqual({ id: "0123456789ab", imageDigest: digest, tag: "v1" });
	});

	it.each([
		["", "nothing"],
		["latest", "a tag"],
		[digest.slice(0, -1), "a digit too few"],
		[`${digest}0`, "a digit too many"],
		[digest.toUpperCase(), "capitals"],
		[`${digest.slice(0, -1)}g`, "a letter beyond f"],
		[`${digest.slice(0, -1)}.`, "a dot"],
		[`x${digest}`, "something before it"],
		[digest.replace("sha256", "sha512"), "another algorithm"],
	])("given %s (%s), refuses it by name and says what is allowed", (bad) => {
		expect(() => releaseOf(bad)).toThrow(InvalidDigestError);
		expect(() => releaseOf(bad)).toThrow(
			`Image digest "${bad}" is not valid: allowed is "sha256:" followed by 64 hexadecimal digits.`,
		);
	});

	it("given an error of it, says its own name even when minified", () => {
		expect(new InvalidDigestError("x").name).toBe("InvalidDigestError");
	});
});

describe("a release with content", () => {
	const content = "d".repeat(64);

	it("given content, names the release by both and keeps the image's own name", () => {
		const made = releaseOf(digest, "v1", content);

		const id = createHash("sha256").update(`${digest}${content}`).digest("hex").slice(0, 12);
		expect(made).toStrictEqual({ id, imageDigest: digest, tag: "v1", contentHash: content });
		expect(imageIdOf(made)).toBe("0123456789ab");
	});

	it("given other content or none, is another release", () => {
		const made = releaseOf(digest, "v1", content);

		expect(isSameRelease(releaseOf(digest, "other-tag", content), made)).toBe(true);
		expect(isSameRelease(releaseOf(digest, "v1", "e".repeat(64)), made)).toBe(false);
		expect(isSameRelease(releaseOf(digest, "v1"), made)).toBe(false);
		expect(isSameRelease(undefined, made)).toBe(false);
	});

	it.each(["", "d".repeat(63), "d".repeat(65), "D".repeat(64), `${"d".repeat(63)}g`])(
		"given %s, refuses it by name",
		(bad) => {
			expect(() => releaseOf(digest, "v1", bad)).toThrow(InvalidContentHashError);
			expect(() => releaseOf(digest, "v1", bad)).toThrow(`Content hash "${bad}" is not valid`);
			expect(new InvalidContentHashError("x").name).toBe("InvalidContentHashError");
		},
	);
});
