import { describe, expect, it } from "vitest";
import { InvalidDigestError, releaseOf } from "../../lib/domain/release.ts";

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
