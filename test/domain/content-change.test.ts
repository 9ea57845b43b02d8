import { describe, expect, it } from "vitest";
import {
	firstLook,
	isNewContent,
	isOtherImage,
	liveReleaseOf,
	triedAfterPromotion,
	triedWith,
	withContent,
} from "../../lib/domain/content-change.ts";
import { releaseOf } from "../../lib/domain/release.ts";
import { applied, satisfies } from "../../lib/domain/transition.ts";
import { release, serviceState } from "./builders.ts";

const content = (digit: string): string => digit.repeat(64);
const stableRelease = withContent(release("a"), content("1"));
const trial = withContent(release("b"), content("2"));

describe("isNewContent", () => {
	it.each([
		["what serves", {}, content("1"), false],
		["a change", {}, content("2"), true],
		["what is on trial", { phase: "trial", release: trial }, content("2"), false],
		["a change beside a trial", { phase: "trial", release: trial }, content("3"), true],
		["what was tried before", { triedContents: [content("3"), content("2")] }, content("2"), false],
		["a change after others were tried", { triedContents: [content("3"), content("2")] }, content("4"), true],
		["anything at all before the first look", { stableRelease: release("a") }, content("2"), false],
		[
			"a change after the first look",
			{ stableRelease: release("a"), triedContents: [content("1")] },
			content("2"),
			true,
		],
		["what the first look found", { stableRelease: release("a"), triedContents: [content("1")] }, content("1"), false],
	] as const)("given %s, tells whether anybody has dealt with it", (_what, fields, live, expected) => {
		expect(isNewContent(serviceState({ stableRelease, ...fields }), live)).toBe(expected);
	});

	it("given a content that was rolled back, tells nothing new until a promotion, whatever is tried meanwhile", () => {
		const once = serviceState({
			stableRelease,
			triedContents: triedWith(serviceState({ stableRelease }), content("2")),
		});
		const twice = { ...once, triedContents: triedWith(once, content("3")) };

		expect(isNewContent(twice, content("2"))).toBe(false);
		expect(isNewContent({ ...twice, ...triedAfterPromotion(twice) }, content("2"))).toBe(true);
		expect(isNewContent({ ...twice, ...triedAfterPromotion(twice) }, content("3"))).toBe(false);
	});

	it("given a change that was promoted and taken back by hand, tells that it is new", () => {
		const promoted = serviceState({
			stableRelease: withContent(release("a"), content("2")),
			triedContents: [content("2")],
		});

		expect(isNewContent(promoted, content("1"))).toBe(true);
	});
});

describe("triedWith", () => {
	it("given a content again, moves it to the end and forgets nothing else", () => {
		expect(triedWith(serviceState({ triedContents: ["x", "y"] }), "x")).toEqual(["y", "x"]);
	});

	it("given none before, remembers this one alone", () => {
		expect(triedWith(serviceState(), "x")).toEqual(["x"]);
	});

	it("given very many, remembers the newest twenty", () => {
		const triedContents = Array.from({ length: 20 }, (_, index) => `${index}`);

		expect(triedWith(serviceState({ triedContents }), "x")).toEqual([...triedContents.slice(1), "x"]);
	});
});

describe("triedAfterPromotion", () => {
	it("given none on record, writes none", () => {
		expect(triedAfterPromotion(serviceState())).toEqual({});
	});

	it("given several, leaves the newest", () => {
		expect(triedAfterPromotion(serviceState({ triedContents: ["x", "y", "z"] }))).toEqual({ triedContents: ["z"] });
	});
});

describe("firstLook", () => {
	it("given a service that was released without content, remembers what is live and looks once", () => {
		const state = serviceState();
		const transition = firstLook(state, content("1"));

		if (transition === null) throw new Error("A first look is due.");
		const after = applied(state, transition);
		expect(after).toEqual({ ...state, triedContents: [content("1")] });
		expect(firstLook(after, content("2"))).toBeNull();
		const begun = [serviceState({ phase: "preparing", epoch: 6 }), serviceState({ epoch: 7 })];
		expect([state, ...begun].map((now) => satisfies(now, transition.condition))).toEqual([true, false, false]);
	});

	it.each([
		["content on record", { stableRelease }],
		["a rollout under way", { phase: "trial" }],
	] as const)("given %s, looks no further", (_what, fields) => {
		expect(firstLook(serviceState(fields), content("2"))).toBeNull();
	});
});

describe("withContent", () => {
	it("given other content, keeps image and tag", () => {
		const { imageDigest } = release("a");

		expect(withContent(releaseOf(imageDigest, "v1", content("1")), content("2"))).toEqual(
			releaseOf(imageDigest, "v1", content("2")),
		);
	});
});

describe("liveReleaseOf", () => {
	const serving = serviceState({ stableRelease });
	const onTrial = serviceState({ stableRelease, phase: "trial", release: trial, triedContents: [content("2")] });
	const goingBack = { ...onTrial, phase: "rolling-back" } as const;
	const { release: _, ...unnamed } = onTrial;

	it.each([
		["another image", serving, "b", "1", false, withContent(release("b"), content("1")), "image"],
		["another image and other content", serving, "b", "2", false, trial, "image"],
		["the image that serves", serving, "a", "1", false, stableRelease, "known"],
		["other content for it", serving, "a", "2", false, withContent(release("a"), content("2")), "content"],
		["an image that was admitted before", serving, "b", "1", true, withContent(release("b"), content("1")), "known"],
		["other content beside such an image", serving, "b", "2", true, withContent(release("a"), content("2")), "content"],
		["the release on trial", onTrial, "b", "2", false, trial, "known"],
		["other content during a trial", onTrial, "b", "3", false, withContent(release("b"), content("3")), "content"],
		["a third image during a trial", onTrial, "c", "2", false, withContent(release("c"), content("2")), "image"],
		[
			"other content once it is over, whatever the record still names",
			serviceState({ stableRelease, release: trial }),
			"a",
			"3",
			false,
			withContent(release("a"), content("3")),
			"content",
		],
		[
			"other content beside a trial of nobody knows what",
			unnamed,
			"a",
			"3",
			false,
			withContent(release("a"), content("3")),
			"content",
		],
		["what is going back", goingBack, "b", "2", true, trial, "known"],
		["other content while it goes back", goingBack, "b", "3", true, withContent(release("a"), content("3")), "content"],
	] as const)("given %s, tells which release that is", (_what, state, image, live, wasAdmitted, expected, change) => {
		expect(liveReleaseOf(state, release(image), content(live), wasAdmitted)).toEqual({ release: expected, change });
	});

	it("given a release that was rolled back, offers neither its content with what serves nor its image again", () => {
		const after = serviceState({ stableRelease, triedContents: [content("2")] });

		expect(liveReleaseOf(after, release("b"), content("2"), true)).toMatchObject({ change: "known" });
	});

	it("given the image that serves or is on trial, needs not ask whether it was admitted", () => {
		expect(["a", "b", "c"].map((digit) => isOtherImage(onTrial, release(digit)))).toEqual([false, false, true]);
		expect(isOtherImage(serving, release("b"))).toBe(true);
	});
});
