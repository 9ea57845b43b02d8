import { describe, expect, it } from "vitest";
import { agreementText, approvalsNeededOf, completingAnswer, pushTrailOf } from "../../lib/domain/agreement.ts";
import { type Release, releaseOf } from "../../lib/domain/release.ts";
import { serviceState } from "./builders.ts";

const by = (...people: readonly string[]) =>
	people.map((name) => ({ verb: "approve", by: name, atEpochMs: 1 }) as const);

describe("completingAnswer", () => {
	it.each([
		["nobody", [], undefined, undefined, null, 2],
		["nobody, the pusher being known", [], "ci", undefined, null, 1],
		["one person, nobody knows who pushed", ["ana"], undefined, undefined, null, 2],
		["one person, and that is accepted", ["ana"], undefined, "accept", "ana", 1],
		["one person who has not pushed", ["ana"], "AROACI:build", undefined, "ana", 1],
		["the pusher", ["ana"], "AROACI:ana", undefined, null, 2],
		["the pusher, and that nobody knows would be accepted", ["ana"], "ana", "accept", null, 2],
		["two people, nobody knows who pushed", ["ana", "ben"], undefined, undefined, "ben", 2],
		["the pusher and somebody else", ["ana", "ben"], "ana", undefined, "ben", 2],
		["somebody else and the pusher", ["ana", "ben"], "ben", undefined, "ana", 2],
	] as const)("given %s, knows whether that is enough", (_, people, askedBy, onUnknownPusher, completes, needed) => {
		const asked = { answers: by(...people), ...(onUnknownPusher !== undefined && { onUnknownPusher }) };

		expect(completingAnswer(asked, askedBy)?.by ?? null).toBe(completes);
		expect(approvalsNeededOf(asked, askedBy)).toBe(needed);
	});

	it.each([
		[["ana"], null],
		[["ana", "ben"], "ben"],
	] as const)("given two approvals that are asked for, counts %s", (people, completes) => {
		const asked = { answers: by(...people), approvalsNeeded: 2 };

		for (const askedBy of [undefined, "ana", "ci"])
			expect(completingAnswer(asked, askedBy)?.by ?? null).toBe(completes);
		expect(approvalsNeededOf(asked, undefined)).toBe(2);
	});
});

describe("agreementText", () => {
	it.each([
		[[], "ci", ""],
		[["ana"], "ci", "It has the approval of ana and goes on within a minute."],
		[["ana"], "ana", "It has 1 of 2 approvals, by ana, who asked for the release; somebody else has to agree."],
		[
			["ana"],
			undefined,
			"It has 1 of 2 approvals, by ana; a second person has to approve, unless CloudTrail tells that somebody else pushed the image.",
		],
	] as const)("given %s and %s as the pusher, says: %s", (people, askedBy, sentence) => {
		expect(agreementText({ answers: by(...people) }, askedBy)).toBe(sentence);
	});

	it.each([
		[
			"a push of a moment ago",
			{ kind: "awaited", forSeconds: 900 },
			"one is enough once CloudTrail has told that somebody else pushed the image, minutes after the push.",
		],
		[
			"a push that CloudTrail should have told of by now",
			{ kind: "awaited", forSeconds: 960 },
			"a second person has to approve: CloudTrail has not told who pushed for 16 min, and there may be no trail.",
		],
		[
			"a change of content, of which CloudTrail never tells",
			{ kind: "none" },
			"a second person has to approve, because no image was pushed for this change of content.",
		],
	] as const)("given nobody known to have pushed and %s, says what is enough", (_, trail, sentence) => {
		const asked = { answers: by("ana") };

		expect(agreementText(asked, undefined, trail)).toBe(`It has 1 of 2 approvals, by ana; ${sentence}`);
		expect(agreementText(asked, "ci", trail)).toBe("It has the approval of ana and goes on within a minute.");
	});

	it("given one person who may approve a change of content, says how it goes on all the same", () => {
		const asked = { answers: by("ana"), approvers: ["ana"] };

		expect(agreementText(asked, undefined, { kind: "none" })).toMatch(
			/Nobody but ana may: `sluice abort` ends it, and once somebody else has asked for it with `sluice release`/,
		);
		expect(agreementText(asked, undefined, { kind: "awaited", forSeconds: 60 })).not.toContain("Nobody but");
		expect(agreementText({ ...asked, approvers: ["ana", "ben"] }, undefined, { kind: "none" })).not.toContain(
			"Nobody but",
		);
	});

	it("given nobody who has approved a change of content, says that two people have to", () => {
		expect(agreementText({}, undefined, { kind: "none" })).toBe(
			"It has 0 of 2 approvals; two people have to approve, because no image was pushed for this change of content.",
		);
	});
});

describe("pushTrailOf", () => {
	const stable = releaseOf(`sha256:${"a".repeat(64)}`, "v1", "1".repeat(64));
	const onTrial = (release: Release, pushedAtEpochMs?: number) =>
		pushTrailOf(
			serviceState({
				phase: "preparing",
				stableRelease: stable,
				release,
				...(pushedAtEpochMs !== undefined && { pushedAtEpochMs }),
			}),
			90_000,
		);

	it("given the image that serves with other content, knows that nobody pushed it, whenever its image was pushed", () => {
		const changed = releaseOf(stable.imageDigest, "v1", "2".repeat(64));

		expect(onTrial(changed)).toEqual({ kind: "none" });
		expect(onTrial(changed, 30_000)).toEqual({ kind: "none" });
	});

	it("given another image, says how long ago it was pushed; nothing where that is not on record", () => {
		const other = releaseOf(`sha256:${"b".repeat(64)}`, "v2", "2".repeat(64));

		expect(onTrial(other, 30_000)).toEqual({ kind: "awaited", forSeconds: 60 });
		expect(onTrial(other, 95_000)).toEqual({ kind: "awaited", forSeconds: 0 });
		expect(onTrial(other)).toBeUndefined();
	});
});
