import { describe, expect, it } from "vitest";
import { instantText } from "../../lib/domain/instant-text.ts";
import { releaseText } from "../../lib/domain/release-text.ts";
import { sinceText } from "../../lib/domain/since-text.ts";
import { untilText } from "../../lib/domain/until-text.ts";
import { release } from "./builders.ts";

const nineEpochMs = 1_767_603_600_000;

describe("what people are told of times and names", () => {
	it("given an instant, says day and time of day in UTC", () => {
		expect(instantText(nineEpochMs)).toBe("5 Jan 09:00:00 UTC");
		expect(instantText(nineEpochMs - 9 * 3_600_000)).toBe("5 Jan 00:00:00 UTC");
	});

	it("given when something began, says for how long it has been so and since when", () => {
		expect(sinceText(nineEpochMs, nineEpochMs + 90_000)).toBe("for 1 min 30 s (since 5 Jan 09:00:00 UTC)");
	});

	it("given when something ends, says how long that is still, and that it is over", () => {
		expect(untilText(nineEpochMs, nineEpochMs - 90_000)).toBe("1 min 30 s more (until 5 Jan 09:00:00 UTC)");
		expect(untilText(nineEpochMs, nineEpochMs)).toBe("a moment more (its time was over 5 Jan 09:00:00 UTC)");
	});

	it("given a release with and without a tag, always says the id", () => {
		expect(releaseText(release("b"))).toBe("bbbbbbbbbbbb");
		expect(releaseText({ ...release("b"), tag: "v2" })).toBe("v2 (bbbbbbbbbbbb)");
	});
});
